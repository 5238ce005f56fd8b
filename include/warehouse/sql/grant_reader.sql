grant usage on schema report to crosscheck_reader;
grant select on all tables in schema report to crosscheck_reader;
