-- landed so long ago, and loaded: what is held, or was never loaded, is kept whatever its age
select
    attempt.dataset,
    attempt.interval_start,
    attempt.interval_end,
    attempt.run_id,
    attempt.path,
    attempt.row_count,
    attempt.byte_count
from ops.attempt
inner join ops.account using (run_id, dataset)
where
    attempt.state in ('landed', 'incomplete')
    and account.loaded is not null
    and attempt.finished_at < clock_timestamp() - %(days)s * interval '1 day'
    and not exists (select from ops.purge where purge.kind = 'landing' and purge.path = attempt.path)
order by attempt.dataset, attempt.interval_start, attempt.attempt;
