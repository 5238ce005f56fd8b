-- share_present: of the rows asked (all; those that need a value), those with a usable one; success null: nothing to judge
create view report.completeness as
select
    run.run_id,
    run.interval_start,
    run.interval_end,
    result.dataset,
    result.column_name,
    result.observed as share_present,
    result.threshold as least_share,
    least(result.observed / nullif(result.threshold, 0), 1) as completeness,
    result.evaluated as row_count,
    result.success,
    result.severity,
    result.rule,
    result.attempt
from ops.expectation_result as result
inner join ops.run as run using (run_id)
where result.rule in ('completeness', 'needed', 'required') and result.column_name <> '';
