create view report.completeness_trend as
select
    run_id,
    interval_start,
    dataset,
    column_name,
    row_count,
    share_present,
    least_share,
    share_present - lag(share_present) over by_time as change,
    share_present - avg(share_present) over (
        partition by dataset, column_name
        order by interval_start, run_id rows between 28 preceding and 1 preceding
    ) as beside_last_28
from report.completeness
where row_count > 0
window by_time as (partition by dataset, column_name order by interval_start, run_id);
