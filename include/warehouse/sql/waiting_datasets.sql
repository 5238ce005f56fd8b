-- datasets with rows as `waiting_rows` takes them
select
    waiting.dataset,
    min(saw.interval_start) as interval_start,
    max(saw.interval_end) as interval_end
from quarantine.row as waiting
inner join ops.run as saw using (run_id)
where
    waiting.replayed_at is null
    and not 'row:unconfirmed' = any(waiting.reasons)
    and exists (
        select from ops.account
        inner join ops.run as brought using (run_id)
        where
            account.dataset = waiting.dataset and account.loaded is not null and brought.kind = 'screening'
            and brought.interval_start < saw.interval_end and brought.interval_end > saw.interval_start
    )
group by waiting.dataset
order by waiting.dataset;
