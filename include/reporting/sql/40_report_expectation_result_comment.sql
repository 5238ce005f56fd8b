comment on view report.expectation_result is
'For each run, dataset and expectation of its contract, what was observed, what was asked, and how many rows do not meet
it, with the interval and the last attempt that was merged. Drill down: run_id. Caveat: success is null where there was
nothing to judge, which is not a pass.';
