create table match.model (
    model_id integer generated always as identity primary key,
    model_version text not null unique
);
