select distinct on (dataset) dataset, attempt, state, cause
from ops.attempt
where run_id = %(run_id)s
order by dataset, attempt desc;
