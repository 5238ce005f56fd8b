create view report.decision as
select
    decision.subject_id,
    decision.receipt_number,
    decision.decision_id,
    decision.outcome,
    decision.reason,
    decision.decided_by,
    decision.decided_at,
    case
        when
            exists (
                select from match.decision as later
                where
                    later.subject_id = decision.subject_id
                    and later.receipt_number = decision.receipt_number
                    and later.decision_id > decision.decision_id
                    and later.decided_at <= access.known_at()
            )
            then 'replaced'
        when lead.pair_id is null then 'no pair now'
        when lead.is_reopened then 'reopened by ' || lead.reopened_by
        else 'stands'
    end as state,
    decision.band,
    decision.weight,
    decision.group_band,
    decision.group_weight,
    decision.model_version,
    decision.audit_number
from match.decision
left join report.lead as lead using (subject_id, receipt_number)
where decision.decided_at <= access.known_at();
