create view report.serial_petitioner as
select
    petition.petitioner_key,
    petition.basis,
    count(*) as petition_count,
    count(*) filter (where petition.form = 'I-129F') as fiance_petition_count,
    count(*) filter (where petition.status = 'approved') as approved_count,
    sum(named.beneficiary_count)::bigint as beneficiary_count,
    min(petition.received_on) as first_received_on,
    max(petition.received_on) as last_received_on
from ( -- in the order in which the records lie
    select * from report.serial_petition
    order by receipt_number
) as petition
cross join lateral ( -- of one petition by the index: joined, the beneficiaries of all would be counted
    select count(*) as beneficiary_count from latest.uscis_beneficiary as beneficiary
    where
        beneficiary.receipt_number = petition.receipt_number
        and coalesce(beneficiary.record_state, '') <> 'cancelled'
) as named
group by petition.petitioner_key, petition.basis;
