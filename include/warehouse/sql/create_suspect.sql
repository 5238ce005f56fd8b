-- whom investigations suspect, and who of them is convicted: looked for once a resolve, since it reads every case. Who is
-- convicted is a set: joined, the planner, who takes both for few, asks each for all the others
create temporary table suspect on commit drop as
select
    screened.subject_id,
    screened.subject_id in (
        select arrest.subject_id
        from latest.tecs_arrest as arrest
        where arrest.disposition = 'convicted' and coalesce(arrest.record_state, '') <> 'cancelled'
    ) as is_convicted
from latest.screened_subject as screened;
