create table quarantine.replay (
    quarantine_id bigint not null references quarantine.row,
    run_id bigint not null references ops.run, -- the replay
    contract_version text not null, -- under which it was judged again
    outcome text not null check (outcome in ('loaded', 'held', 'duplicate', 'refused')),
    reasons text [] not null,
    why text not null,
    judged_at timestamptz not null default clock_timestamp(),
    primary key (quarantine_id, run_id)
);
