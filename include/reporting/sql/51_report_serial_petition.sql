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
    from (
        select
            receipt_number,
            basis,
            identity_value,
            form,
            visa_class,
            status,
            received_on
        from latest.petitioner_identity
        offset 0 -- a condition that is pushed below this would have the basis reckoned twice
    ) as known
    where basis is not null
    window same_petitioner as (partition by identity_value, basis) -- what differs first: sorted faster
) as counted
where petition_count >= 2;
