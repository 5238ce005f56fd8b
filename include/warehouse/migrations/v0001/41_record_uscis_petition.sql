create table record.uscis_petition (
    version_id bigint generated always as identity primary key,
    receipt_number text not null,
    form text not null,
    visa_class text,
    petitioner_kind text,
    status text,
    received_on date,
    decided_on date,
    updated_at timestamptz not null,
    content_hash text not null, -- sha256 of all columns above
    breaches text [] not null, -- '<column>:<rule>' that the row broke without being refused
    source_attempt integer not null,
    source_part text not null,
    source_row bigint not null,
    load_id bigint not null references ops.load,
    unique (receipt_number, content_hash)
);
