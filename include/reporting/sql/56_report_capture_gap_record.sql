create view report.capture_gap_record as
select
    receipt_number,
    extract(year from received_on + interval '3 months')::integer as fiscal_year, -- begins on 1 October
    left(receipt_number, 3) as office,
    narrative is not null as has_statement,
    trafficker_name is not null as has_name,
    trafficker_date_of_birth is not null as has_date_of_birth,
    trafficker_phone is not null as has_phone
from latest.uscis_t_application;
