create index stage_time_run on ops.stage_time (run_id);
