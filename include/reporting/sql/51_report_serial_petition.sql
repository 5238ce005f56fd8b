create view report.serial_petition as
with candidates as ( -- among the petitioners alone: three of four give a number that nobody gives twice
    select
        receipt_number,
        basis,
        identity_value
    from (
        select
            *,
            count(*) over (partition by identity_value, basis) as given_count -- what differs first: sorted faster
        from (
            select
                receipt_number,
                basis,
                identity_value
            from latest.known_petitioner
            offset 0 -- a condition that is pushed below this would have the basis reckoned twice
        ) as known
        where basis is not null
    ) as counted
    where given_count >= 2
    order by receipt_number -- in the order in which the petitions lie
),

filed as (
    select
        candidates.*,
        petition.form,
        petition.visa_class,
        petition.status,
        petition.received_on
    from candidates
    cross join lateral ( -- by the index (limit keeps it one): joined, all petitions would be read
        select * from latest.uscis_petition as one
        where one.receipt_number = candidates.receipt_number
        limit 1
    ) as petition
    where coalesce(petition.record_state, '') <> 'cancelled' and petition.amends_receipt_number is null
)

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
    from filed
    window same_petitioner as (partition by identity_value, basis)
) as counted
where petition_count >= 2;
