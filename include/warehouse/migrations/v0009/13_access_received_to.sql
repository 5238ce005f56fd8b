create function access.received_to() returns date
language sql stable parallel safe
return coalesce(nullif(current_setting('crosscheck.received_to', true), '')::date, 'infinity');
