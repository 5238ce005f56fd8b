insert into match.resolved (load_id, model_version, run_id)
select loads.load_id, %(model_version)s, %(run_id)s
from unnest(%(loads)s::bigint []) as loads (load_id);
