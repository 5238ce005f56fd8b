-- in the order of the index; a file that a vacuum has not emptied yet counts as full, so that few are moved once more
with moved as (
    delete from match.recent_petitioner_key
    where (select pg_relation_size('match.recent_petitioner_key') >= %(many)s)
    returning *
)

insert into match.petitioner_key (model_id, key, petitioner_version_id)
select
    model_id,
    key,
    petitioner_version_id
from moved
order by key;
