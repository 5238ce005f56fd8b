create view report.serial_petitioner as
with named as (
    select
        receipt_number,
        count(*) as beneficiary_count
    from latest.uscis_beneficiary
    where record_state is distinct from 'cancelled'
    group by receipt_number
)

select
    serial.petitioner_key,
    serial.basis,
    count(*) as petition_count,
    count(*) filter (where serial.form = 'I-129F') as fiance_petition_count,
    count(*) filter (where serial.status = 'approved') as approved_count,
    coalesce(sum(named.beneficiary_count), 0)::bigint as beneficiary_count,
    min(serial.received_on) as first_received_on,
    max(serial.received_on) as last_received_on
from report.serial_petition as serial
left join named using (receipt_number)
group by serial.petitioner_key, serial.basis;
