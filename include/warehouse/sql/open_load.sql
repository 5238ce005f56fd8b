insert into ops.load (run_id, dataset)
values (%(run_id)s, %(dataset)s)
returning load_id;
