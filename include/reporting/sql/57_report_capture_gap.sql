create view report.capture_gap as
select
    fiscal_year,
    office,
    count(*) filter (where has_statement) as statement_count,
    count(*) filter (where has_name) as name_count,
    count(*) filter (where has_date_of_birth) as date_of_birth_count,
    count(*) filter (where has_phone) as phone_count,
    count(*) filter (where has_statement and not has_name) as gap_count
from report.capture_gap_record
group by fiscal_year, office;
