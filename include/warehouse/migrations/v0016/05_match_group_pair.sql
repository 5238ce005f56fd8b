create table match.group_pair (
    subject_id text not null,
    receipt_number text not null,
    model_version text not null,
    band text not null check (band in ('lead', 'review')),
    group_weight double precision not null, -- bits, beside the weight of the pair
    run_id bigint not null references ops.run, -- which found it so
    found_at timestamptz not null default now(), -- since when it is in this band
    primary key (subject_id, receipt_number)
);
