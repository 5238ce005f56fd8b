-- pairs that are there stay as they are
with new_pair as (
    insert into match.pair (
        subject_version_id, alias_version_id, petitioner_version_id, model_version, weight, band, run_id
    )
    select subject_version_id, alias_version_id, petitioner_version_id, %(model_version)s, weight, band, %(run_id)s
    from found
    on conflict do nothing
    returning pair_id, subject_version_id, alias_version_id, petitioner_version_id
)

select
    found.left_id,
    found.petitioner_version_id,
    new_pair.pair_id
from found
inner join new_pair
    on
        found.subject_version_id = new_pair.subject_version_id
        and found.alias_version_id is not distinct from new_pair.alias_version_id
        and found.petitioner_version_id = new_pair.petitioner_version_id;
