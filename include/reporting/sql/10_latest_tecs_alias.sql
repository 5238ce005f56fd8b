create view latest.tecs_alias as
select distinct on (alias_id) *
from record.tecs_alias
order by alias_id, updated_at desc, content_hash desc;
