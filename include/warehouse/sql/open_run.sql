insert into ops.run (external_id, kind, interval_start, interval_end)
values (%(external_id)s, %(kind)s, %(start)s, %(end)s)
returning run_id;
