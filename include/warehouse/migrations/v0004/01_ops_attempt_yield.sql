create table ops.attempt_yield (
    dataset text not null,
    interval_start timestamptz not null,
    interval_end timestamptz not null,
    attempt integer not null,
    field text not null, -- column of the contract
    present bigint not null check (present >= 0),
    missing bigint not null check (missing >= 0),
    placeholder bigint not null check (placeholder >= 0),
    invalid bigint not null check (invalid >= 0),
    new bigint not null check (new >= 0),
    held bigint not null check (held >= 0),
    versions bigint not null check (versions >= held),
    primary key (dataset, interval_start, interval_end, attempt, field),
    foreign key (dataset, interval_start, interval_end, attempt) references ops.attempt
);
