create view report.sharing_gap as
select
    fiscal_year,
    gap,
    count(*) as application_count,
    count(*) filter (where is_gap) as gap_count
from report.sharing_gap_record
group by fiscal_year, gap;
