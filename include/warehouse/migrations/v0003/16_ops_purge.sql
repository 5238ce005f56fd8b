create table ops.purge (
    purge_id bigint generated always as identity primary key,
    kind text not null check (kind in ('landing', 'staging')),
    dataset text not null,
    interval_start timestamptz not null,
    interval_end timestamptz not null,
    run_id bigint not null references ops.run, -- whose attempt or staging folder it was
    path text not null, -- below the landing zone, or the staging folder
    row_count bigint,
    byte_count bigint,
    policy text not null, -- the rule that it fell under
    purged_at timestamptz not null default clock_timestamp(),
    unique (kind, path)
);
