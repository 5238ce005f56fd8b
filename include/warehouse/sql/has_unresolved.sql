-- loads that matching has compared under a model since entities were last resolved, or decisions made since
select
    exists (
        select from match.consumed
        where
            consumed.model_version = %(model_version)s
            and not exists (
                select from match.resolved
                where resolved.load_id = consumed.load_id and resolved.model_version = consumed.model_version
            )
    )
    or exists (
        select from match.decision
        where not exists (
            select from match.resolved_decision
            where resolved_decision.decision_id = decision.decision_id
        )
    ) as has_unresolved;
