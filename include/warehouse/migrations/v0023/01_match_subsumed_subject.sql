create table match.subsumed_subject (
    version_id bigint not null references record.tecs_subject,
    by_version_id bigint not null references record.tecs_subject,
    by_updated_at timestamptz not null, -- of the later version, so that nobody who asks for a moment has to look there
    found_at timestamptz not null default now(),
    primary key (version_id, by_version_id)
);
