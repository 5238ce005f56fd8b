-- what matching did in a run; a lead joins a subject and a petition, however many pairs of their versions say so
create view report.run_found as
with joined as (
    select
        pair.run_id,
        bool_or(pair.band = 'lead') as is_lead
    from match.pair
    inner join record.tecs_subject as subject on subject.version_id = pair.subject_version_id
    inner join latest.screened_subject using (subject_id)
    inner join record.uscis_petitioner as petitioner on petitioner.version_id = pair.petitioner_version_id
    where pair.band <> 'no'
    group by pair.run_id, subject.subject_id, petitioner.receipt_number
)

select
    run.run_id,
    coalesce(matched.compared, 0) as pairs,
    coalesce(count(*) filter (where joined.is_lead), 0) as leads,
    coalesce(count(*) filter (where not joined.is_lead), 0) as review
from ops.run as run
left join match.run as matched using (run_id)
left join joined using (run_id)
group by run.run_id, matched.compared;
