-- of what matching has compared, and so left the keys of, what brought subjects that nobody has linked with each other
select load.load_id
from ops.load
inner join match.consumed using (load_id)
where
    load.dataset in ('tecs_subjects', 'tecs_aliases')
    and consumed.model_version = %(model_version)s
    and not exists (
        select from match.resolved
        where resolved.load_id = load.load_id and resolved.model_version = %(model_version)s
    );
