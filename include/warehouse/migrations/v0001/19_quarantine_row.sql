create table quarantine.row (
    quarantine_id bigint generated always as identity primary key,
    dataset text not null,
    raw text not null, -- the row as delivered, as JSON
    raw_hash bytea not null, -- sha256 of it
    reasons text [] not null,
    protection text not null,
    run_id bigint not null references ops.run, -- the run that saw it first
    source_attempt integer not null,
    source_part text not null,
    source_row bigint not null,
    quarantined_at timestamptz not null default clock_timestamp(),
    replayed_at timestamptz,
    unique (dataset, raw_hash)
);
