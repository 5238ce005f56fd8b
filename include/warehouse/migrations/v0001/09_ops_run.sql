create table ops.run (
    run_id bigint generated always as identity primary key,
    external_id text not null, -- Airflow's run id, or the command line's
    interval_start timestamptz not null,
    interval_end timestamptz not null check (interval_end > interval_start),
    opened_at timestamptz not null default clock_timestamp(),
    closed_at timestamptz,
    state text not null default 'open' check (state in ('open', 'closed', 'red')),
    reasons text [] not null default '{}'
);
