select decision_id
from match.decision
where not exists (
    select from match.resolved_decision
    where resolved_decision.decision_id = decision.decision_id
);
