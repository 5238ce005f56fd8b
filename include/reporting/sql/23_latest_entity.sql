-- who was one person at the moment that a session may set: match.entity is the present
create view latest.entity as
select
    member,
    entity_after as entity
from (
    select distinct on (member)
        member,
        entity_after
    from match.entity_change
    where changed_at <= access.known_at()
    order by member asc, change_id desc
) as last_change
where entity_after is not null;
