-- two runs that bring the same versions at once take turns
select pg_advisory_xact_lock(hashtext('crosscheck.load.' || %(dataset)s));
