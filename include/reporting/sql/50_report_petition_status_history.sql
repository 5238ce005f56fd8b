create view report.petition_status_history as
with versions as (
    select
        *,
        lag(row(status, record_state)) over known_order as state_before
    from record.uscis_petition
    where updated_at <= access.source_at() and loaded_at <= access.known_at()
    window known_order as (partition by receipt_number order by updated_at, content_hash)
)

select
    receipt_number,
    status,
    record_state,
    updated_at as since,
    lead(updated_at) over (partition by receipt_number order by updated_at, content_hash) as until,
    loaded_at,
    version_id
from versions
where state_before is distinct from row(status, record_state);
