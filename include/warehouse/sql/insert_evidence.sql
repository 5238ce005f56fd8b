insert into match.evidence (pair_id, comparison, persona_value, petitioner_value, level, weight)
select
    pair.pair_id, found_evidence.comparison, found_evidence.persona_value, found_evidence.petitioner_value,
    found_evidence.level, found_evidence.weight
from found_evidence
inner join match.pair
    on
        pair.subject_version_id = found_evidence.subject_version_id
        and pair.alias_version_id is not distinct from found_evidence.alias_version_id
        and pair.petitioner_version_id = found_evidence.petitioner_version_id
        and pair.model_version = %(model_version)s
on conflict do nothing;
