select max(run_id) as run_id
from ops.run
where interval_start = %(start)s and interval_end = %(end)s;
