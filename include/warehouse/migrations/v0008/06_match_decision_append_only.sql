create trigger append_only
before update or delete or truncate on match.decision
for each statement execute function match.refuse();
