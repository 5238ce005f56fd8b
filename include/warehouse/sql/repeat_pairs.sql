-- what says the same of a person is as alike to everybody: the pairs of a persona for another one that repeats it
insert into match.pair (
    subject_version_id, alias_version_id, petitioner_version_id, model_version, weight, band, run_id
)
select
    repeated.subject_version_id,
    repeated.alias_version_id,
    pair.petitioner_version_id,
    pair.model_version,
    pair.weight,
    pair.band,
    %(run_id)s
from unnest(%(subjects)s::bigint [], %(aliases)s::bigint [], %(held)s::bigint [])
    as repeated (subject_version_id, alias_version_id, held_version_id)
inner join match.pair
    on
        pair.subject_version_id = repeated.held_version_id
        and pair.alias_version_id is not distinct from repeated.alias_version_id
where pair.model_version = %(model_version)s
on conflict do nothing;
