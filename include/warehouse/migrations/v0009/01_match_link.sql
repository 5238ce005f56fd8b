create table match.link (
    left_member text not null, -- '<dataset>:<source key>'
    right_member text not null, -- of the same dataset
    model_version text not null,
    weight double precision not null, -- the greatest of all pairs of their versions: log2 match weight, prior included
    band text not null check (band in ('lead', 'review')),
    run_id bigint not null references ops.run, -- which found that weight
    found_at timestamptz not null default now(), -- when the two were first linked
    primary key (left_member, right_member, model_version),
    check (left_member < right_member)
);
