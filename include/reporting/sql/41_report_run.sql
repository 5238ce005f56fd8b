create view report.run as
with attempts as not materialized ( -- asked about one run, it counts that run's
    select
        run_id,
        dataset,
        count(*) as attempt_count,
        count(*) filter (where state = 'failed') as failed_attempt_count
    from ops.attempt
    group by run_id, dataset
),

brought as ( -- a dataset that landed nothing has no account; one that was replayed, or agreed, has no attempt
    select
        run_id,
        dataset
    from attempts
    union
    select
        run_id,
        dataset
    from ops.account
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
    run.kind,
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
    case when released.outcome = 'release' then 'released' else gate.decision end as decision,
    case
        when released.outcome is null then gate.reasons
        else array_append(gate.reasons, released.outcome || ' by ' || released.decided_by || ': ' || released.reason)
    end as reasons,
    run.opened_at,
    run.closed_at
from ops.run as run
inner join brought using (run_id)
left join attempts using (run_id, dataset)
left join ops.account as account using (run_id, dataset)
left join ops.gate as gate using (run_id, dataset)
left join
    lateral ( -- what a person decided on this decision of the gate
        select
            decision.outcome,
            decision.decided_by,
            decision.reason
        from ops.gate_decision as decision
        where
            decision.run_id = gate.run_id and decision.dataset = gate.dataset
            and decision.held_at = gate.decided_at
        order by decision.decision_id desc
        limit 1
    ) as released
    on true
left join completeness using (run_id, dataset);
