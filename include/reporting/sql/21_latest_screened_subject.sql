-- who is screened
create view latest.screened_subject as
select
    subject_id,
    min(opened_on) as first_investigated_on
from latest.subject_case
group by subject_id;
