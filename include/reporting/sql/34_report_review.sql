create view report.review as
select
    lead.subject_id,
    lead.receipt_number,
    lead.band,
    lead.weight,
    lead.group_weight,
    lead.group_band,
    lead.model_band,
    lead.cut_by,
    lead.is_case_held,
    lead.model_version,
    lead.decision,
    lead.is_reopened,
    lead.reopened_by,
    (
        select decision.decision_id from latest.decision as decision
        where decision.subject_id = lead.subject_id and decision.receipt_number = lead.receipt_number
    ) as decision_id,
    (
        select shown.evidence_hash from latest.evidence_hash as shown
        where shown.pair_id = lead.pair_id
    ) as evidence_hash
from report.lead as lead;
