-- what was resolved before there was a history begins it
insert into match.entity_change (run_id, member, entity_after, reason)
select
    (select max(run_id) from match.run),
    member,
    entity,
    'link'
from match.entity
order by member;
