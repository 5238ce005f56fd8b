create view latest.tecs_arrest as
select distinct on (arrest_id) *
from record.tecs_arrest
order by arrest_id, updated_at desc, content_hash desc;
