create table match.evidence (
    pair_id bigint not null references match.pair,
    comparison text not null,
    persona_value text,
    petitioner_value text,
    level text not null,
    weight double precision not null,
    primary key (pair_id, comparison)
);
