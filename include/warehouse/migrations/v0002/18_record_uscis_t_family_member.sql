create table record.uscis_t_family_member (
    version_id bigint generated always as identity primary key,
    receipt_number text not null,
    member_number bigint not null,
    family_name text,
    given_name text,
    date_of_birth date,
    relationship text,
    visa_class text,
    status text,
    updated_at timestamptz not null,
    content_hash text not null, -- sha256 of all columns above
    breaches text [] not null, -- '<column>:<rule>' that the row broke without being refused
    source_attempt integer not null,
    source_part text not null,
    source_row bigint not null,
    load_id bigint not null references ops.load,
    unique (receipt_number, member_number, content_hash)
);
