create view report.run as
with attempts as (
    select
        run_id,
        dataset,
        count(*) as attempt_count,
        count(*) filter (where state = 'failed') as failed_attempt_count
    from ops.attempt
    group by run_id, dataset
),

touched as ( -- a dataset that screen_monthly found as it is held has no attempt
    select run_id, dataset from attempts
    union
    select run_id, dataset from ops.account
),

completeness as ( -- the worst column, as a share of what the contract asks of it
    select
        run_id,
        dataset,
        min(completeness) as completeness
    from report.completeness
    where least_share is not null
    group by run_id, dataset
)

select
    run.run_id,
    run.external_id,
    run.interval_start,
    run.interval_end,
    run.state as run_state,
    dataset,
    account.received,
    account.duplicate + coalesce(account.already_held, 0) as duplicate,
    account.quarantined,
    coalesce(account.loaded, 0) as loaded,
    account.received
    = account.loaded + account.already_held + account.duplicate + account.quarantined as is_closed,
    coalesce(attempts.attempt_count, 0) as attempts,
    coalesce(attempts.failed_attempt_count, 0) as failed_attempts,
    completeness.completeness,
    gate.decision,
    gate.reasons,
    run.opened_at,
    run.closed_at
from ops.run as run
inner join touched using (run_id)
left join attempts using (run_id, dataset)
left join ops.account as account using (run_id, dataset)
left join ops.gate as gate using (run_id, dataset)
left join completeness using (run_id, dataset);
