create table record.tecs_arrest (
    version_id bigint generated always as identity primary key,
    arrest_id text not null,
    subject_id text not null,
    arrested_on date,
    offense text,
    disposition text,
    disposed_on date,
    updated_at timestamptz not null,
    content_hash text not null, -- sha256 of all columns above
    breaches text [] not null, -- '<column>:<rule>' that the row broke without being refused
    source_attempt integer not null,
    source_part text not null,
    source_row bigint not null,
    load_id bigint not null references ops.load,
    unique (arrest_id, content_hash)
);
