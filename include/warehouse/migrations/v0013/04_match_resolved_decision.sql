create table match.resolved_decision (
    decision_id bigint primary key references match.decision,
    run_id bigint not null references ops.run
);
