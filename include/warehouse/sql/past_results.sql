-- what the nights like this one, earlier in the data, were seen to have; of several runs over a night the last
select
    column_name,
    rule,
    array_agg(observed order by interval_start) as observed
from (
    select distinct on (result.column_name, result.rule, run.interval_start)
        result.column_name,
        result.rule,
        run.interval_start,
        result.observed
    from ops.expectation_result as result
    inner join ops.run as run using (run_id)
    where
        result.dataset = %(dataset)s
        and result.rule in ('completeness', 'row_count')
        and result.observed is not null
        and run.kind = 'screening'
        and run.interval_start < %(start)s
        and run.interval_start >= %(start)s - %(weeks)s * interval '7 days'
        and run.interval_end - run.interval_start = %(end)s - %(start)s
        and extract(dow from run.interval_start at time zone 'UTC') = extract(dow from %(start)s at time zone 'UTC')
    order by result.column_name, result.rule, run.interval_start, result.run_id desc
) as nights
group by column_name, rule;
