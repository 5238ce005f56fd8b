-- ten years of nights are tens of thousands of loads: those that are there are not tried again
insert into match.resolved (load_id, model_version, run_id)
select
    consumed.load_id,
    consumed.model_version,
    %(run_id)s
from match.consumed
where
    consumed.model_version = %(model_version)s
    and not exists (
        select from match.resolved
        where resolved.load_id = consumed.load_id and resolved.model_version = consumed.model_version
    );
