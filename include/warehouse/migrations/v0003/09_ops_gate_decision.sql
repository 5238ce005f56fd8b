create table ops.gate_decision (
    decision_id bigint generated always as identity primary key,
    run_id bigint not null,
    dataset text not null,
    outcome text not null check (outcome in ('release', 'reject', 'cured')),
    decided_by text not null, -- a person's name in Airflow, `deadline`, or `run N` that brought what was short
    reason text not null, -- in that person's words
    shown text not null, -- what the person was shown; counts, no values
    held_at timestamptz not null, -- the gate's decision that was decided on
    decided_at timestamptz not null default clock_timestamp(),
    foreign key (run_id, dataset) references ops.gate
);
