-- whom an investigation of trafficking suspects, and since when; victims, witnesses and who was entered in error are never
-- leads; who entered a case after it was opened was not known before. Where no row says what a case is about (is_held is
-- false: the row of the case, or of the subject's part in it, lies in quarantine or never came), an arrest does. Of a column of
-- a view of `latest` the planner knows nothing and expects one row in 200; of a `coalesce` it expects a half
create view latest.subject_case as
with arrested as (
    select
        subject_id,
        min(arrested_on) as arrested_on
    from latest.tecs_arrest
    where offense is not null and record_state is distinct from 'cancelled' -- the contract allows trafficking offenses alone
    group by subject_id
)

select
    involvement.subject_id,
    case_number,
    investigation.opened_on,
    greatest(investigation.opened_on, involvement.involved_on) as since_on,
    investigation.closed_on,
    investigation.program_code is not null as is_held
from latest.tecs_involvement as involvement
left join latest.tecs_investigation as investigation using (case_number)
where
    coalesce(involvement.role in ('target', 'suspect', 'associate'), false)
    and coalesce(involvement.record_state, '') <> 'cancelled'
    and (
        coalesce(investigation.program_code in ('HT1', 'HT2'), false)
        or (
            investigation.program_code is null
            and involvement.subject_id in (select arrested.subject_id from arrested)
        )
    )
union all
select
    arrested.subject_id,
    null,
    arrested.arrested_on,
    arrested.arrested_on,
    null,
    false
from arrested
where arrested.subject_id not in (select involvement.subject_id from latest.tecs_involvement as involvement);
