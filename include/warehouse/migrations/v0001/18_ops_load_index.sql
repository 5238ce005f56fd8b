create index load_run on ops.load (run_id);
