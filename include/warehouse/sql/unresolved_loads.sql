-- loads that matching has compared under a model since entities were last resolved: asked once, since ten years of nights are
-- tens of thousands of loads
select
    consumed.load_id,
    consumed.run_id,
    load.dataset in ('tecs_subjects', 'tecs_aliases') as is_of_subjects
from match.consumed
inner join ops.load using (load_id)
where
    consumed.model_version = %(model_version)s
    and not exists (
        select from match.resolved
        where resolved.load_id = consumed.load_id and resolved.model_version = consumed.model_version
    );
