insert into ops.stage_time (run_id, stage, dataset, started_at, finished_at)
values (%(run_id)s, %(stage)s, %(dataset)s, %(started_at)s, %(finished_at)s);
