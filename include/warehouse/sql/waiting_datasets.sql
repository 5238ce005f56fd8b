select
    quarantined.dataset,
    min(run.interval_start) as interval_start,
    max(run.interval_end) as interval_end
from quarantine.row as quarantined
inner join ops.run as run using (run_id)
where quarantined.replayed_at is null
group by quarantined.dataset
order by quarantined.dataset;
