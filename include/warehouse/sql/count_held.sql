select
    count(*) filter (where load.run_id = %(run_id)s) as loaded,
    count(*) filter (where load.run_id <> %(run_id)s) as already_held
from incoming
inner join {table} as held using ({identity})
inner join ops.load on load.load_id = held.load_id;
