-- those compared before, or about to be, that share a key. An array is looked for in the order of the index, where a join
-- would read all that is held; as a subquery, since the planner weighs each value of one that it sees
select distinct
    subject_version_id,
    alias_version_id
from match.persona_key
where key = any((select %(keys)s::integer [])::integer []) and model_id = %(model_id)s
