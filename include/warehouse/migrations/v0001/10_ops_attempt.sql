create table ops.attempt (
    dataset text not null,
    interval_start timestamptz not null,
    interval_end timestamptz not null,
    attempt integer not null,
    run_id bigint not null references ops.run,
    state text not null check (state in ('landed', 'incomplete', 'failed')),
    cause text,
    row_count bigint not null,
    byte_count bigint not null,
    part_count integer not null,
    resumed_count integer not null,
    retried jsonb not null,
    shortfalls text [] not null,
    path text,
    started_at timestamptz not null,
    finished_at timestamptz not null,
    primary key (dataset, interval_start, interval_end, attempt)
);
