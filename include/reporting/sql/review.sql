select
    review.*,
    (
        select
            json_agg(
                json_build_object(
                    'comparison', evidence.comparison,
                    'persona_value', evidence.persona_value,
                    'petitioner_value', evidence.petitioner_value,
                    'level', evidence.level,
                    'weight', evidence.weight
                )
                order by abs(evidence.weight) desc, evidence.comparison
            )
        from report.evidence as evidence
        where evidence.subject_id = review.subject_id and evidence.receipt_number = review.receipt_number
    ) as evidence,
    (
        select
            json_agg(
                json_build_object(
                    'outcome', decision.outcome,
                    'reason', decision.reason,
                    'decided_by', decision.decided_by,
                    'decided_on', decision.decided_at::date,
                    'state', decision.state,
                    'weight', decision.weight,
                    'group_weight', decision.group_weight,
                    'model_version', decision.model_version
                )
                order by decision.decision_id desc
            )
        from report.decision as decision
        where decision.subject_id = review.subject_id and decision.receipt_number = review.receipt_number
    ) as decisions
from report.review as review
where review.subject_id = %(subject_id)s and review.receipt_number = %(receipt_number)s;
