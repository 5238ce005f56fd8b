comment on view report.run is
'A dataset in a run, in one line: what was received and what became of it. Drill down: run_id, in schema ops. Caveat: a
dataset of which no attempt was made has no line.';
