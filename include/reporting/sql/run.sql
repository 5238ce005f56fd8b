select
    run.external_id,
    run.interval_start,
    run.interval_end,
    run.state,
    run.reasons,
    found.pairs,
    found.leads,
    found.review,
    (select count(*) from report.lead where lead.band = 'lead') as leads_in_warehouse,
    (select count(*) from report.lead where lead.band = 'review') as review_in_warehouse
from ops.run as run
inner join report.run_found as found using (run_id)
where run.run_id = %(run_id)s;
