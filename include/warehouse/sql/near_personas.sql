-- those compared before, or about to be, that share a key; an array is looked for in the order of the index, where a join
-- would read all that is held
select distinct
    subject_version_id,
    alias_version_id
from match.persona_key
where key = any(%(keys)s::integer []) and model_id = %(model_id)s
