create view latest.tecs_investigation as
select distinct on (case_number) *
from record.tecs_investigation
order by case_number, updated_at desc, content_hash desc;
