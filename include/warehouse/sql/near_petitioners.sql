-- those compared before that share a key
select distinct petitioner_version_id as version_id
from unnest(%(keys)s::integer []) as wanted (key)
inner join match.petitioner_key using (key)
where model_id = %(model_id)s
order by version_id
