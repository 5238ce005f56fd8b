-- every expectation of every run, over which interval, after which attempt; success null: nothing to judge
create view report.expectation_result as
select
    run.run_id,
    run.interval_start,
    run.interval_end,
    result.dataset,
    result.attempt,
    result.expectation,
    nullif(result.column_name, '') as column_name,
    result.rule,
    result.severity,
    result.success,
    result.observed,
    result.threshold,
    result.evaluated,
    result.unexpected
from ops.expectation_result as result
inner join ops.run as run using (run_id);
