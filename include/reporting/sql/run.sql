select
    run.external_id,
    run.interval_start,
    run.interval_end,
    run.state,
    run.reasons,
    coalesce(matched.compared, 0) as pairs,
    coalesce(matched.lead_count, 0) as leads,
    coalesce(matched.review_count, 0) as review,
    (select count(*) from report.lead where lead.band = 'lead') as leads_in_warehouse,
    (select count(*) from report.lead where lead.band = 'review') as review_in_warehouse
from ops.run as run
left join match.run as matched using (run_id)
where run.run_id = %(run_id)s;
