-- those compared before that share a key; see near_personas.sql
select distinct petitioner_version_id as version_id
from (
    select * from match.petitioner_key
    union all
    select * from match.recent_petitioner_key
) as held
where key = any((select %(keys)s::integer [])::integer []) and model_id = %(model_id)s
order by version_id
