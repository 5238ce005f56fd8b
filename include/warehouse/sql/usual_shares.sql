-- what the last attempts at the intervals before held of each field: a backfill is judged as its night would have been;
-- of so many intervals: a year ago is not what is usual, and all of them would be read anew at every attempt
with last_attempt as (
    select distinct on (interval_start, interval_end)
        interval_start, interval_end, attempt
    from ops.attempt_yield
    where dataset = %(dataset)s and interval_end <= %(interval_start)s
    order by interval_start desc, interval_end desc, attempt desc
    limit %(intervals)s
)

select
    field,
    sum(held) / sum(versions) as share
from ops.attempt_yield
inner join last_attempt using (interval_start, interval_end, attempt)
where dataset = %(dataset)s and versions > 0
group by field;
