select
    dataset as name,
    coalesce(received, 0) as received,
    coalesce(duplicate, 0) as duplicate,
    coalesce(quarantined, 0) as quarantined,
    loaded,
    attempts,
    failed_attempts,
    completeness,
    decision,
    coalesce(reasons, '{}') as reasons,
    coalesce(is_closed, false) as is_closed
from report.run
where run_id = %(run_id)s
order by dataset;
