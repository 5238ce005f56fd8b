create view latest.tecs_involvement as
select distinct on (case_number, subject_id) *
from record.tecs_involvement
order by case_number, subject_id, updated_at desc, content_hash desc;
