insert into match.consumed (load_id, model_version, run_id)
select frontier.load_id, %(model_version)s, %(run_id)s
from unnest(%(frontier)s) as frontier (load_id);
