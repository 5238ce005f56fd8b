create view report.shared_address as
select
    address_key,
    count(distinct date_of_birth) as birth_date_count,
    count(*) as petition_count,
    min(received_on) as first_received_on,
    max(received_on) as last_received_on
from report.shared_address_petition
group by address_key;
