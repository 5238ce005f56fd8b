create view report.serial_petitioner as
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
cross join lateral ( -- finds those of one petition by the index: joined, all were counted anew for each petition
    select count(*) as beneficiary_count
    from latest.uscis_beneficiary as beneficiary
    where
        beneficiary.receipt_number = serial.receipt_number
        and coalesce(beneficiary.record_state, '') <> 'cancelled'
) as named
group by serial.petitioner_key, serial.basis;
