create table ops.expectation_result (
    run_id bigint not null references ops.run,
    dataset text not null,
    expectation text not null,
    column_name text not null default '', -- empty: of the whole table
    rule text not null,
    severity text not null check (severity in ('info', 'warning', 'critical')),
    success boolean not null,
    observed double precision,
    threshold double precision,
    evaluated bigint not null,
    unexpected bigint,
    primary key (run_id, dataset, expectation, column_name, rule)
);
