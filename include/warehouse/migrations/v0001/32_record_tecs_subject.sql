create table record.tecs_subject (
    version_id bigint generated always as identity primary key,
    subject_id text not null,
    name text,
    date_of_birth date,
    sex text,
    birth_place text,
    birth_country text,
    citizenship text,
    a_number text,
    ssn text,
    passport_number text,
    passport_country text,
    fbi_number text,
    address text,
    city text,
    state text,
    postal_code text,
    phone text,
    updated_at timestamptz not null,
    content_hash text not null, -- sha256 of all columns above
    breaches text [] not null, -- '<column>:<rule>' that the row broke without being refused
    source_attempt integer not null,
    source_part text not null,
    source_row bigint not null,
    load_id bigint not null references ops.load,
    unique (subject_id, content_hash)
);
