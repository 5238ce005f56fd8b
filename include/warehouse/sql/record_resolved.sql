insert into match.resolved (load_id, model_version, run_id)
select
    load_id,
    model_version,
    %(run_id)s
from match.consumed
where model_version = %(model_version)s
on conflict do nothing;
