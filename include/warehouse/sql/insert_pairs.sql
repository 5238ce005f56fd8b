-- pairs that are there stay as they are, with their evidence
with new_pair as (
    insert into match.pair (
        subject_version_id, alias_version_id, petitioner_version_id, model_version, weight, band, run_id
    )
    select subject_version_id, alias_version_id, petitioner_version_id, %(model_version)s, weight, band, %(run_id)s
    from found
    on conflict do nothing
    returning pair_id, subject_version_id, alias_version_id, petitioner_version_id
)

insert into match.evidence (pair_id, comparison, persona_value, petitioner_value, level, weight)
select
    new_pair.pair_id, found_evidence.comparison, found_evidence.persona_value, found_evidence.petitioner_value,
    found_evidence.level, found_evidence.weight
from found_evidence
inner join new_pair
    on
        found_evidence.subject_version_id = new_pair.subject_version_id
        and found_evidence.alias_version_id is not distinct from new_pair.alias_version_id
        and found_evidence.petitioner_version_id = new_pair.petitioner_version_id;
