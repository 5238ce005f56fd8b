comment on view report.attempt_yield is
'For each attempt at an export and each field, how many values were present, missing, placeholders or invalid, how many
were new with this attempt, and how many all attempts together hold after it. Drill down: run_id, dataset, attempt.
Caveat: counted on the rows that could be read.';
