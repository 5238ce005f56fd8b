create policy protected on record.{table}
using (pg_has_role(current_user, 'investigator', 'usage'))
with check (pg_has_role(current_user, 'crosscheck_etl', 'usage'));
