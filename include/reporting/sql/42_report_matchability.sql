-- by which routes the records of a night can be found on the other side; the line without a route: by any of them.
-- who has none is unmatchable, which is not the same as unmatched
create view report.matchability as
select
    run.run_id,
    run.interval_start,
    run.interval_end,
    result.dataset,
    nullif(result.column_name, '') as route,
    result.evaluated as record_count,
    result.evaluated - result.unexpected as with_route,
    result.unexpected as without_route
from ops.expectation_result as result
inner join ops.run as run using (run_id)
where result.rule = 'matchable';
