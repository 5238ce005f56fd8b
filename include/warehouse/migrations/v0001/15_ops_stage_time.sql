create table ops.stage_time (
    run_id bigint not null references ops.run,
    stage text not null,
    dataset text not null default '',
    started_at timestamptz not null,
    finished_at timestamptz not null,
    check (finished_at >= started_at)
);
