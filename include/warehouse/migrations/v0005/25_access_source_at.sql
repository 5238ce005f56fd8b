create function access.source_at() returns timestamptz
language sql stable parallel safe
return coalesce(nullif(current_setting('crosscheck.source_at', true), '')::timestamptz, 'infinity');
