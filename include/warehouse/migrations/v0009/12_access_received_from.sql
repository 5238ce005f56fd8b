create function access.received_from() returns date
language sql stable parallel safe
return coalesce(nullif(current_setting('crosscheck.received_from', true), '')::date, '-infinity');
