-- Whether who asks has the rights of a role. Declared immutable, which it is not, so that the planner asks it and leaves out
-- what is not for the reader: EXPLAIN would tell by its estimates which values the half of a report that is never run holds.
-- A plan may be kept for longer than a role is: views ask pg_has_role as well, when they run
create function access.reads_as(reader name) returns boolean
language sql immutable parallel safe
return pg_has_role(current_user, reader, 'usage');
