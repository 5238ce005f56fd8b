-- who is screened: since when at the latest where no row says when the case was opened
create view latest.screened_subject as
select
    subject_id,
    min(coalesce(opened_on, since_on)) as first_investigated_on,
    bool_or(is_held) as is_case_held
from latest.subject_case
group by subject_id;
