create table match.decision (
    decision_id bigint generated always as identity primary key,
    subject_id text not null, -- of the source records: a decision outlives versions, pairs and runs
    receipt_number text not null,
    outcome text not null check (outcome in ('accept', 'reject', 'undecided')),
    reason text not null check (btrim(reason) <> ''),
    decided_by text not null, -- the person, as the login of the pages knows them
    decided_at timestamptz not null default now(),
    band text not null, -- what was seen: of the model, its weight, and what it stood on
    weight double precision not null,
    model_version text not null,
    evidence_hash text not null,
    audit_number bigint not null unique,
    audit_kind text not null generated always as ('decision') stored,
    foreign key (audit_number, audit_kind) references audit.access (number, kind)
);
