-- the evidence of the pairs that repeat_pairs.sql has written: a statement of its own, since the planner takes what a statement
-- returns for one row
insert into match.evidence (pair_id, comparison, persona_value, petitioner_value, level, weight)
select
    pair.pair_id, evidence.comparison, evidence.persona_value, evidence.petitioner_value, evidence.level,
    evidence.weight
from unnest(%(subjects)s::bigint [], %(aliases)s::bigint [], %(held)s::bigint [])
    as repeated (subject_version_id, alias_version_id, held_version_id)
inner join match.pair
    on
        pair.subject_version_id = repeated.subject_version_id
        and pair.alias_version_id is not distinct from repeated.alias_version_id
        and pair.model_version = %(model_version)s
inner join match.pair as held
    on
        held.subject_version_id = repeated.held_version_id
        and held.alias_version_id is not distinct from repeated.alias_version_id
        and held.petitioner_version_id = pair.petitioner_version_id
        and held.model_version = pair.model_version
inner join match.evidence on evidence.pair_id = held.pair_id
where not exists (select from match.evidence as there where there.pair_id = pair.pair_id);
