-- as match.petitioner_key, whose index is spread over so many pages that each key of a night would change one of its own
create table match.recent_petitioner_key (
    model_id integer not null,
    key integer not null,
    petitioner_version_id bigint not null
);
