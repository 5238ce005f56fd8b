-- loads that matching has compared under a model since entities were last resolved
select
    exists (
        select from match.consumed
        where
            consumed.model_version = %(model_version)s
            and not exists (
                select from match.resolved
                where resolved.load_id = consumed.load_id and resolved.model_version = consumed.model_version
            )
    ) as has_unresolved;
