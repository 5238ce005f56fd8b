-- run by run: joined, the view would be made of all runs
select
    run.run_id,
    run.external_id,
    run.interval_start,
    run.interval_end,
    run.state,
    run.reasons,
    run.opened_at,
    brought.received,
    brought.duplicate,
    brought.quarantined,
    brought.loaded,
    brought.failed_attempts
from (select * from ops.run order by run_id desc limit %(shown)s) as run
cross join
    lateral (
        select
            coalesce(sum(dataset.received), 0)::bigint as received,
            coalesce(sum(dataset.duplicate), 0)::bigint as duplicate,
            coalesce(sum(dataset.quarantined), 0)::bigint as quarantined,
            coalesce(sum(dataset.loaded), 0)::bigint as loaded,
            coalesce(sum(dataset.failed_attempts), 0)::bigint as failed_attempts
        from report.run as dataset
        where dataset.run_id = run.run_id
    ) as brought
order by run.run_id desc;
