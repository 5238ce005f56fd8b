create table match.group_weight (
    form text primary key,
    convicted_with bigint not null, -- convicted subjects with a lead of the model to a petition of this form
    convicted_count bigint not null, -- all of them
    other_with bigint not null, -- other subjects of trafficking investigations, likewise
    other_count bigint not null,
    weight double precision not null check (weight >= 0), -- bits
    run_id bigint not null references ops.run
);
