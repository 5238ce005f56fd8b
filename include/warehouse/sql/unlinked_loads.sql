select load.load_id
from ops.load
where
    load.dataset in ('tecs_subjects', 'tecs_aliases')
    and not exists (
        select from match.linked
        where linked.load_id = load.load_id and linked.model_version = %(model_version)s
    );
