select
    entry.number,
    entry.actor,
    entry.key,
    entry.detail,
    decision.decision_id,
    decision.subject_id,
    decision.receipt_number,
    decision.outcome,
    decision.reason,
    decision.decided_by,
    decision.decided_at,
    decision.band,
    decision.weight,
    decision.model_version,
    decision.evidence_hash,
    decision.group_band,
    decision.group_weight
from (
    select * from audit.access
    where kind = 'decision' and about = %(about)s
) as entry
full join match.decision as decision on decision.audit_number = entry.number
order by entry.number, decision.decision_id;
