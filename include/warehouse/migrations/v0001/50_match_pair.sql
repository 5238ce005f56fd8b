create table match.pair (
    pair_id bigint generated always as identity primary key,
    subject_version_id bigint not null references record.tecs_subject,
    alias_version_id bigint references record.tecs_alias, -- null: under the primary name
    petitioner_version_id bigint not null references record.uscis_petitioner,
    model_version text not null,
    weight double precision not null, -- log2 match weight, prior included
    band text not null check (band in ('lead', 'review')),
    run_id bigint not null references ops.run,
    unique nulls not distinct (subject_version_id, alias_version_id, petitioner_version_id, model_version)
);
