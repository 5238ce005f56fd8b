-- who is screened: whom an investigation suspects; victims, witnesses and who was entered in error are never leads
create view latest.screened_subject as
select
    involvement.subject_id,
    min(investigation.opened_on) as first_investigated_on
from latest.tecs_involvement as involvement
inner join latest.tecs_investigation as investigation using (case_number)
where
    involvement.role in ('target', 'suspect', 'associate')
    and involvement.record_state is distinct from 'cancelled'
    and investigation.program_code in ('HT1', 'HT2')
group by involvement.subject_id;
