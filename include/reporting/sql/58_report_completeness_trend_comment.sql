comment on view report.completeness_trend is
'For each column how complete it came in each run, beside the run before and the mean of the 28 before (four weeks of
nights): a slow decline shows here before it meets the floor of the contract. Drill down: run_id. Caveat: intervals of
different length stand side by side; of few rows (row_count) a share says little.';
