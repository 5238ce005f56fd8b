select
    run.external_id,
    run.interval_start,
    run.interval_end,
    run.state,
    run.reasons,
    coalesce(matched.compared, 0) as pairs,
    coalesce(found.leads, 0) as leads,
    coalesce(found.review, 0) as review,
    (select count(*) from report.lead where lead.band = 'lead') as leads_in_warehouse,
    (select count(*) from report.lead where lead.band = 'review') as review_in_warehouse
from ops.run as run
left join match.run as matched using (run_id)
left join
    lateral ( -- a lead joins a subject and a petition; several pairs of their versions may say so
        select
            count(*) filter (where is_lead) as leads,
            count(*) filter (where not is_lead) as review
        from (
            select bool_or(pair.band = 'lead') as is_lead
            from match.pair
            inner join record.tecs_subject as subject on subject.version_id = pair.subject_version_id
            inner join latest.screened_subject using (subject_id)
            inner join record.uscis_petitioner as petitioner on petitioner.version_id = pair.petitioner_version_id
            where pair.run_id = run.run_id
            group by subject.subject_id, petitioner.receipt_number
        ) as joined
    ) as found
    on true
where run.run_id = %(run_id)s;
