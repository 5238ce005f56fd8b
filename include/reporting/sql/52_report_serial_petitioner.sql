-- straight from the identities, whose records of three tables all come in the order of the receipt number: petitions that
-- were found to be serial would be looked up one by one
create view report.serial_petitioner as
select
    min(petition.receipt_number) as petitioner_key,
    petition.basis,
    count(*) as petition_count,
    count(*) filter (where petition.form = 'I-129F') as fiance_petition_count,
    count(*) filter (where petition.status = 'approved') as approved_count,
    coalesce(sum(named.beneficiary_count), 0)::bigint as beneficiary_count,
    min(petition.received_on) as first_received_on,
    max(petition.received_on) as last_received_on
from latest.petitioner_identity as petition
left join (
    select
        receipt_number,
        count(*) as beneficiary_count
    from latest.uscis_beneficiary
    where coalesce(record_state, '') <> 'cancelled'
    group by receipt_number
) as named using (receipt_number)
where petition.basis is not null
group by petition.identity_value, petition.basis
having count(*) >= 2;
