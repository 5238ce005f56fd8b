comment on view report.matchability is
'For each run, dataset and route (name and date, identifier, address, ...), how many records can be found by it on the
other side; the line without a route: by any. Drill down: run_id. Caveat: who has no route is unmatchable, which is not
the same as unmatched.';
