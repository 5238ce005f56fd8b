grant select on all tables in schema quarantine to crosscheck_steward;
