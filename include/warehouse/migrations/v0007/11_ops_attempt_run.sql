create index attempt_run on ops.attempt (run_id);
