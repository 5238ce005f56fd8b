select
    probe.position,
    load.run_id = %(run_id)s as is_of_run
from probe
inner join {table} as held using ({identity})
inner join ops.load on load.load_id = held.load_id;
