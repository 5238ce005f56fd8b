-- a dataset that could not be staged has a decision and no account; a person's decision holds for the gate's decision
-- that it was taken on
select
    dataset,
    account.received,
    account.duplicate,
    account.quarantined,
    account.accepted,
    account.loaded,
    account.already_held,
    gate.decision,
    coalesce(gate.reasons, '{}') as reasons,
    decided.outcome,
    decided.decided_by,
    decided.reason as outcome_reason
from (select * from ops.account where run_id = %(run_id)s) as account
full join (select * from ops.gate where run_id = %(run_id)s) as gate using (dataset)
left join
    lateral (
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
    ) as decided
    on true;
