create table record.tecs_alias (
    version_id bigint generated always as identity primary key,
    alias_id text not null,
    subject_id text not null,
    name text,
    date_of_birth date,
    updated_at timestamptz not null,
    content_hash text not null, -- sha256 of all columns above
    breaches text [] not null, -- '<column>:<rule>' that the row broke without being refused
    source_attempt integer not null,
    source_part text not null,
    source_row bigint not null,
    load_id bigint not null references ops.load,
    unique (alias_id, content_hash)
);
