select load.load_id
from ops.load
where
    not exists (
        select from match.consumed
        where consumed.load_id = load.load_id and consumed.model_version = %(model_version)s
    );
