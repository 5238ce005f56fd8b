select
    account.dataset,
    account.received,
    account.duplicate,
    account.quarantined,
    account.accepted,
    account.loaded,
    account.already_held,
    gate.decision,
    coalesce(gate.reasons, '{}') as reasons
from ops.account
left join ops.gate using (run_id, dataset)
where account.run_id = %(run_id)s;
