-- of each month of a period its last run, and the datasets that it holds back
select distinct on (run.interval_start)
    run.interval_start,
    run.state,
    run.reasons,
    array(
        select gate.dataset
        from ops.gate
        where gate.run_id = run.run_id and gate.decision in ('hold', 'block')
        order by gate.dataset
    ) as held
from ops.run
where
    run.kind = 'screening'
    and run.interval_start >= %(start)s
    and run.interval_end <= %(end)s
    and run.interval_end = run.interval_start + interval '1 month'
order by run.interval_start, run.run_id desc;
