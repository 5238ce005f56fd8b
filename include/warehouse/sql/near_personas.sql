-- those compared before, or about to be, that share a key
select distinct
    subject_version_id,
    alias_version_id
from unnest(%(keys)s::integer []) as wanted (key)
inner join match.persona_key using (key)
where model_id = %(model_id)s
