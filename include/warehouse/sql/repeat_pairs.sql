-- what says the same of a person is as alike to everybody: the pairs of a persona, and their evidence, for another that
-- repeats it
with repeated as (
    select *
    from unnest(%(subjects)s::bigint [], %(aliases)s::bigint [], %(held)s::bigint [])
        as repeated (subject_version_id, alias_version_id, held_version_id)
),

held_pair as materialized (
    select
        pair.*,
        repeated.subject_version_id as new_version_id
    from repeated
    inner join match.pair
        on
            pair.subject_version_id = repeated.held_version_id
            and pair.alias_version_id is not distinct from repeated.alias_version_id
    where pair.model_version = %(model_version)s
),

new_pair as (
    insert into match.pair (
        subject_version_id, alias_version_id, petitioner_version_id, model_version, weight, band, run_id
    )
    select new_version_id, alias_version_id, petitioner_version_id, model_version, weight, band, %(run_id)s
    from held_pair
    on conflict do nothing
    returning pair_id, subject_version_id, alias_version_id, petitioner_version_id
)

insert into match.evidence (pair_id, comparison, persona_value, petitioner_value, level, weight)
select
    new_pair.pair_id, evidence.comparison, evidence.persona_value, evidence.petitioner_value, evidence.level,
    evidence.weight
from new_pair
inner join held_pair
    on
        held_pair.new_version_id = new_pair.subject_version_id
        and held_pair.alias_version_id is not distinct from new_pair.alias_version_id
        and held_pair.petitioner_version_id = new_pair.petitioner_version_id
inner join match.evidence on evidence.pair_id = held_pair.pair_id;
