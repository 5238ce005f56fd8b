create table ops.gate (
    run_id bigint not null references ops.run,
    dataset text not null,
    decision text not null check (decision in ('pass', 'warn', 'hold', 'block')),
    reasons text [] not null,
    primary key (run_id, dataset)
);
