-- no foreign keys and no primary key: 17 rows a version, and each check would cost as much as the row
create table match.persona_key (
    model_id integer not null,
    key integer not null,
    subject_version_id bigint not null,
    alias_version_id bigint -- null: under the primary name
);
