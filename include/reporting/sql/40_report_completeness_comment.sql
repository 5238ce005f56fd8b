comment on view report.completeness is
'For each run, column and rule the share of rows with a value beside the least share that the contract asks. Drill down:
run_id. Caveat: relative to the contract, not to what the source may hold.';
