select
    run.run_id,
    run.external_id,
    run.interval_start,
    run.interval_end,
    run.state,
    run.reasons,
    run.opened_at,
    coalesce(sum(dataset.received), 0)::bigint as received,
    coalesce(sum(dataset.duplicate), 0)::bigint as duplicate,
    coalesce(sum(dataset.quarantined), 0)::bigint as quarantined,
    coalesce(sum(dataset.loaded), 0)::bigint as loaded,
    coalesce(sum(dataset.failed_attempts), 0)::bigint as failed_attempts
from ops.run as run
left join report.run as dataset using (run_id)
group by run.run_id
order by run.run_id desc
limit %(shown)s;
