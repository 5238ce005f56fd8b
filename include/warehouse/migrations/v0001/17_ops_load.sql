create table ops.load (
    load_id bigint generated always as identity primary key,
    run_id bigint not null references ops.run,
    dataset text not null,
    loaded_at timestamptz not null default clock_timestamp()
);
