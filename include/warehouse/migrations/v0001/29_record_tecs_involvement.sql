create table record.tecs_involvement (
    version_id bigint generated always as identity primary key,
    case_number text not null,
    subject_id text not null,
    role text,
    involved_on date,
    updated_at timestamptz not null,
    content_hash text not null, -- sha256 of all columns above
    breaches text [] not null, -- '<column>:<rule>' that the row broke without being refused
    source_attempt integer not null,
    source_part text not null,
    source_row bigint not null,
    load_id bigint not null references ops.load,
    unique (case_number, subject_id, content_hash)
);
