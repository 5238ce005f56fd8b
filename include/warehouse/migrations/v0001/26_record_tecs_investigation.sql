create table record.tecs_investigation (
    version_id bigint generated always as identity primary key,
    case_number text not null,
    program_code text,
    category text,
    status text,
    opened_on date,
    closed_on date,
    field_office text,
    updated_at timestamptz not null,
    content_hash text not null, -- sha256 of all columns above
    breaches text [] not null, -- '<column>:<rule>' that the row broke without being refused
    source_attempt integer not null,
    source_part text not null,
    source_row bigint not null,
    load_id bigint not null references ops.load,
    unique (case_number, content_hash)
);
