-- whom an investigation of trafficking suspects, and since when; victims, witnesses and who was entered in error are never
-- leads; who entered a case after it was opened was not known before. Of a column of a view of `latest` the planner knows nothing
-- and expects one row in 200; of a `coalesce` it expects a half
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
    coalesce(involvement.role in ('target', 'suspect', 'associate'), false)
    and coalesce(involvement.record_state, '') <> 'cancelled'
    and coalesce(investigation.program_code in ('HT1', 'HT2'), false);
