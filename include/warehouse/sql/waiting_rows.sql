-- rows of a period of which some run has loaded the dataset: a replay is no way around the gate. A row that is set aside
-- because a complete attempt does not have it is no fault that a corrected contract mends
select
    waiting.quarantine_id,
    waiting.sealed,
    waiting.source_attempt,
    waiting.source_part,
    waiting.source_row
from quarantine.row as waiting
inner join ops.run as saw using (run_id)
where
    waiting.dataset = %(dataset)s
    and waiting.replayed_at is null
    and not 'row:unconfirmed' = any(waiting.reasons)
    and exists (
        select from ops.account
        inner join ops.run as brought using (run_id)
        where
            account.dataset = waiting.dataset and account.loaded is not null and brought.kind = 'screening'
            and brought.interval_start < saw.interval_end and brought.interval_end > saw.interval_start
    )
order by waiting.quarantine_id
for update of waiting;
