create table match.entity_change (
    change_id bigint generated always as identity primary key,
    run_id bigint not null references ops.run,
    changed_at timestamptz not null default now(),
    member text not null,
    entity_before text, -- null: the record was in none
    entity_after text, -- null: the record is in none any more
    reason text not null check (reason in ('link', 'contradiction', 'link lost', 'model'))
);
