-- One of the two halves is empty, which PostgreSQL knows before it begins: a half, not a CASE for each value, so that who
-- sees values finds a record by its index. The half with values is not even planned for who may not see them
create view report.{view} with (security_barrier) as
select {columns} from unmasked.{view}
where access.reads_as({reader}) and pg_has_role(current_user, {reader}, 'usage')
union all
select {masked} from unmasked.{view}
where not (access.reads_as({reader}) and pg_has_role(current_user, {reader}, 'usage'));
