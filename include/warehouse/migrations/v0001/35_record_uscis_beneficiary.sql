create table record.uscis_beneficiary (
    version_id bigint generated always as identity primary key,
    receipt_number text not null,
    beneficiary_number bigint not null,
    family_name text,
    given_name text,
    date_of_birth date,
    sex text,
    birth_country text,
    a_number text,
    relationship text,
    updated_at timestamptz not null,
    content_hash text not null, -- sha256 of all columns above
    breaches text [] not null, -- '<column>:<rule>' that the row broke without being refused
    source_attempt integer not null,
    source_part text not null,
    source_row bigint not null,
    load_id bigint not null references ops.load,
    unique (receipt_number, beneficiary_number, content_hash)
);
