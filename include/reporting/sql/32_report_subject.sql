-- the records of those whom investigations suspect, and which of them are one person
create view report.subject as
with arrests as (
    select
        subject_id,
        bool_or(disposition = 'convicted') as is_convicted
    from latest.tecs_arrest
    where coalesce(record_state, '') <> 'cancelled'
    group by subject_id
)

select
    screened.subject_id,
    coalesce(entity.entity, 'tecs_subjects:' || screened.subject_id) as entity,
    screened.first_investigated_on,
    screened.is_case_held,
    subject.name is null or subject.date_of_birth is null as is_unmatchable,
    arrests.subject_id is not null as is_arrested,
    coalesce(arrests.is_convicted, false) as is_convicted
from latest.screened_subject as screened
left join latest.tecs_subject as subject using (subject_id)
left join arrests using (subject_id)
left join latest.entity as entity on entity.member = 'tecs_subjects:' || screened.subject_id;
