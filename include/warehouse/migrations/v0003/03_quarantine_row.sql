create table quarantine.row (
    quarantine_id bigint generated always as identity primary key,
    dataset text not null,
    contract_version text not null, -- under which it was refused
    sealed text not null, -- the row as it came and the header of its file, encrypted: include/warehouse/vault.py
    fingerprint text not null, -- keyed, of the same
    reasons text [] not null, -- `<column>:<rule>`, `row:<fault>`
    why text not null, -- the reasons in one sentence
    protection text not null,
    run_id bigint not null references ops.run, -- the run that saw it first
    source_attempt integer not null,
    source_part text not null, -- file
    source_row bigint not null, -- record of the file, from 1, the header not counted
    quarantined_at timestamptz not null default clock_timestamp(),
    replayed_at timestamptz, -- when it left the quarantine; null while it waits
    unique (dataset, fingerprint)
);
