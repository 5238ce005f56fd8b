comment on view report.run_found is
'What matching found in a run: pairs compared, and subjects with petitions they lead to, by band. Drill down: run_id.
Caveat: a lead that an earlier run found counts there.';
