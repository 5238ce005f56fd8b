create view report.attempt_yield as
select
    dataset,
    interval_start,
    interval_end,
    attempt.run_id,
    attempt,
    attempt.state,
    field,
    present,
    missing,
    placeholder,
    invalid,
    new,
    held,
    versions,
    held / nullif(versions, 0)::double precision as held_share
from ops.attempt_yield
inner join ops.attempt using (dataset, interval_start, interval_end, attempt);
