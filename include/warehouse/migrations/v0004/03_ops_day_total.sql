create table ops.day_total (
    dataset text not null,
    updated_on date not null, -- day (UTC) of the source update
    row_count bigint not null,
    non_blank jsonb not null, -- source column -> values that are not blank, as control totals count them
    run_id bigint not null references ops.run,
    primary key (dataset, updated_on)
);
