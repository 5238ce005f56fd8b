-- as match.persona_key: narrow, and nothing is checked
create table match.petitioner_key (
    model_id integer not null,
    key integer not null,
    petitioner_version_id bigint not null
);
