-- loads that matching has compared under a model, or subjects that nothing has linked, since entities were last resolved
select
    exists (
        select from match.consumed
        where
            consumed.model_version = %(model_version)s
            and not exists (
                select from match.resolved
                where resolved.load_id = consumed.load_id and resolved.model_version = consumed.model_version
            )
    ) or exists (
        select from ops.load
        where
            load.dataset in ('tecs_subjects', 'tecs_aliases')
            and not exists (
                select from match.linked
                where linked.load_id = load.load_id and linked.model_version = %(model_version)s
            )
    ) as has_unresolved;
