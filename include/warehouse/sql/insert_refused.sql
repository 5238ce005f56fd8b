insert into quarantine.row (
    dataset, contract_version, sealed, fingerprint, reasons, why, protection, run_id, source_attempt, source_part,
    source_row
)
select
    %(dataset)s, %(contract_version)s, sealed, fingerprint, reasons, why, %(protection)s, %(run_id)s, source_attempt,
    source_part, source_row
from refused
order by fingerprint, source_attempt, source_part, source_row
on conflict (dataset, fingerprint) do nothing;
