-- those compared before that share a key
select distinct petitioner_version_id as version_id
from unnest(%(keys)s::integer []) as wanted (key)
inner join (
    select * from match.petitioner_key
    union all
    select * from match.recent_petitioner_key
) as held using (key)
where model_id = %(model_id)s
order by version_id
