select
    quarantine_id,
    sealed,
    source_attempt,
    source_part,
    source_row
from quarantine.row
where dataset = %(dataset)s and replayed_at is null
order by quarantine_id
for update;
