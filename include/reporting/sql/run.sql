select
    run.external_id,
    run.interval_start,
    run.interval_end,
    run.state,
    run.reasons,
    found.pairs,
    found.leads,
    found.review
from ops.run as run
inner join report.run_found as found using (run_id)
where run.run_id = %(run_id)s;
