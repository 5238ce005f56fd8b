insert into quarantine.row (
    dataset, raw, raw_hash, reasons, protection, run_id, source_attempt, source_part, source_row
)
select
    %(dataset)s, raw, sha256(convert_to(raw, 'UTF8')), reasons, %(protection)s, %(run_id)s,
    source_attempt, source_part, source_row
from refused
order by sha256(convert_to(raw, 'UTF8')), source_attempt, source_part, source_row
on conflict (dataset, raw_hash) do nothing;
