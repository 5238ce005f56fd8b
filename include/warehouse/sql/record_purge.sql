insert into ops.purge (kind, dataset, interval_start, interval_end, run_id, path, row_count, byte_count, policy)
values (
    %(kind)s, %(dataset)s, %(interval_start)s, %(interval_end)s, %(run_id)s, %(path)s, %(row_count)s, %(byte_count)s,
    %(policy)s
)
on conflict (kind, path) do nothing;
