-- who is screened: persons whom an investigation suspects; victims and witnesses are never leads
create view latest.screened_subject as
select
    involvement.subject_id,
    min(investigation.opened_on) as first_investigated_on
from latest.tecs_involvement as involvement
inner join latest.tecs_investigation as investigation using (case_number)
where
    involvement.role in ('target', 'suspect', 'associate')
    and investigation.program_code in ('HT1', 'HT2')
group by involvement.subject_id;
