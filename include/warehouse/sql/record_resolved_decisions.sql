insert into match.resolved_decision (decision_id, run_id)
select decisions.decision_id, %(run_id)s
from unnest(%(decisions)s::bigint []) as decisions (decision_id);
