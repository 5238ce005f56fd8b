-- whom an investigation of trafficking suspects, and since when; victims, witnesses and who was entered in error are never
-- leads; who entered a case after it was opened was not known before
create view latest.subject_case as
select
    involvement.subject_id,
    case_number,
    investigation.opened_on,
    greatest(investigation.opened_on, involvement.involved_on) as since_on,
    investigation.closed_on
from latest.tecs_involvement as involvement
inner join latest.tecs_investigation as investigation using (case_number)
where
    involvement.role in ('target', 'suspect', 'associate')
    and involvement.record_state is distinct from 'cancelled'
    and investigation.program_code in ('HT1', 'HT2');
