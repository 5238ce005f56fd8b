create view report.petition_status_history as
with versions as (
    select
        *,
        lead(row(status, record_state)) over latest_first as state_before
    from record.uscis_petition
    where updated_at <= access.source_at() and loaded_at <= access.known_at()
    window latest_first as (partition by receipt_number order by updated_at desc, content_hash desc) -- as the index has them
)

select
    receipt_number,
    status,
    record_state,
    updated_at as since,
    lag(updated_at) over (partition by receipt_number order by updated_at desc, content_hash desc) as until,
    loaded_at,
    version_id
from versions
where state_before is distinct from row(status, record_state);
