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
    decision.band,
    decision.weight,
    decision.model_version,
    decision.evidence_hash,
    decision.group_band,
    decision.group_weight
from audit.access as entry
left join match.decision as decision on decision.audit_number = entry.number
where entry.kind = 'decision' and entry.about = %(about)s
order by entry.number;
