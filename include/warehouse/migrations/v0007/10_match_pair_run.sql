create index pair_run on match.pair (run_id);
