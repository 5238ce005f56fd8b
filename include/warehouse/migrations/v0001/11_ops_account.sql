create table ops.account (
    run_id bigint not null references ops.run,
    dataset text not null,
    received bigint not null check (received >= 0),
    duplicate bigint not null check (duplicate >= 0),
    quarantined bigint not null check (quarantined >= 0),
    accepted bigint not null check (accepted >= 0),
    loaded bigint check (loaded >= 0), -- null until loaded; stays null when the gate held the dataset
    already_held bigint check (already_held >= 0),
    primary key (run_id, dataset)
);
