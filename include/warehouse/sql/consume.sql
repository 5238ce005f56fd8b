insert into match.consumed (load_id, model_version, run_id)
select frontier.load_id, %(model_version)s, %(run_id)s
from unnest(%(frontier)s::bigint []) as frontier (load_id);
