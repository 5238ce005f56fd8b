insert into ops.attempt (
    dataset, interval_start, interval_end, attempt, run_id, state, cause, row_count, byte_count, part_count,
    resumed_count, retried, shortfalls, path, started_at, finished_at
)
values (
    %(dataset)s, %(interval_start)s, %(interval_end)s, %(attempt)s, %(run_id)s, %(state)s, %(cause)s, %(row_count)s,
    %(byte_count)s, %(part_count)s, %(resumed_count)s, %(retried)s, %(shortfalls)s, %(path)s, %(started_at)s,
    %(finished_at)s
)
on conflict (dataset, interval_start, interval_end, attempt) do nothing;
