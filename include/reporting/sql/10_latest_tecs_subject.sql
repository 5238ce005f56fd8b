create view latest.tecs_subject as
select distinct on (subject_id) *
from record.tecs_subject
order by subject_id, updated_at desc, content_hash desc;
