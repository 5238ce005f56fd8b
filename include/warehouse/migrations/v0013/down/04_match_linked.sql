create table match.linked (
    load_id bigint not null references ops.load,
    model_version text not null,
    run_id bigint not null references ops.run,
    primary key (load_id, model_version)
);
