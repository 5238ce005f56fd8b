grant usage on schema quarantine to crosscheck_steward;
