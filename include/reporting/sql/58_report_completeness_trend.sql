-- by rule as well: a column may be asked of all rows and of those that need it, and one share is no past of the other
create view report.completeness_trend as
select
    run_id,
    interval_start,
    dataset,
    column_name,
    rule,
    row_count,
    share_present,
    least_share,
    share_present - lag(share_present) over by_time as change,
    share_present - avg(share_present) over (
        partition by dataset, column_name, rule
        order by interval_start, run_id rows between 28 preceding and 1 preceding
    ) as beside_last_28
from report.completeness
where row_count > 0
window by_time as (partition by dataset, column_name, rule order by interval_start, run_id);
