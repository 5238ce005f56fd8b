create table record.uscis_petitioner (
    version_id bigint generated always as identity primary key,
    receipt_number text not null,
    family_name text,
    given_name text,
    middle_name text,
    other_names text,
    organisation_name text,
    fein text,
    date_of_birth date,
    sex text,
    a_number text,
    ssn text,
    birth_country text,
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
    unique (receipt_number, content_hash)
);
