create view report.serial_petition as
select
    petitioner_key,
    basis,
    receipt_number,
    form,
    visa_class,
    status,
    received_on
from (
    select
        *,
        min(receipt_number) over same_petitioner as petitioner_key,
        count(*) over same_petitioner as petition_count
    from latest.petitioner_identity
    where basis is not null
    window same_petitioner as (partition by identity_value, basis) -- what differs first: sorted faster
) as counted
where petition_count >= 2;
