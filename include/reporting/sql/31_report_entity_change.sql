create view report.entity_change as
select
    change_id,
    changed_at,
    run_id,
    member,
    entity_before,
    entity_after,
    reason
from match.entity_change
where changed_at <= access.known_at();
