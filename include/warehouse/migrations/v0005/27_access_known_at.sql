create function access.known_at() returns timestamptz
language sql stable parallel safe
return coalesce(nullif(current_setting('crosscheck.known_at', true), '')::timestamptz, 'infinity');
