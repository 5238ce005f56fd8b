create trigger append_only
before update or delete or truncate on audit.access
for each statement execute function audit.refuse();
