-- a dataset that could not be staged has a decision and no account
select
    dataset,
    account.received,
    account.duplicate,
    account.quarantined,
    account.accepted,
    account.loaded,
    account.already_held,
    gate.decision,
    coalesce(gate.reasons, '{}') as reasons
from (select * from ops.account where run_id = %(run_id)s) as account
full join (select * from ops.gate where run_id = %(run_id)s) as gate using (dataset);
