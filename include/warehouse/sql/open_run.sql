insert into ops.run (external_id, interval_start, interval_end)
values (%(external_id)s, %(start)s, %(end)s)
returning run_id;
