select
    account.dataset,
    run.interval_start,
    run.interval_end,
    run.run_id
from ops.account
inner join ops.run as run using (run_id)
where
    run.kind = 'screening'
    and run.state = 'closed'
    and run.closed_at < clock_timestamp() - %(days)s * interval '1 day'
    and not exists (
        select from ops.purge
        where purge.kind = 'staging' and purge.run_id = run.run_id and purge.dataset = account.dataset
    )
order by account.dataset, run.run_id;
