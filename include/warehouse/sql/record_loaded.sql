update ops.account
set loaded = %(loaded)s, already_held = %(already_held)s
where run_id = %(run_id)s and dataset = %(dataset)s;
