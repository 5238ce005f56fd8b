create table match.run (
    run_id bigint primary key references ops.run,
    model_version text not null,
    compared bigint not null, -- candidate pairs scored
    lead_count bigint not null, -- pairs written by this run
    review_count bigint not null,
    dropped_blocks jsonb not null -- blocking keys left out because they were too common, with their sizes
);
