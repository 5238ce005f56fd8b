-- of what matching has compared, and so left the keys of
select load.load_id
from ops.load
inner join match.consumed using (load_id)
where
    load.dataset in ('tecs_subjects', 'tecs_aliases')
    and consumed.model_version = %(model_version)s
    and not exists (
        select from match.linked
        where linked.load_id = load.load_id and linked.model_version = %(model_version)s
    );
