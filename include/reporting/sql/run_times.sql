select
    stage,
    dataset,
    started_at,
    finished_at
from ops.stage_time
where run_id = %(run_id)s;
