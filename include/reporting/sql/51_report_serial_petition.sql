create view report.serial_petition as
with asked (least, greatest) as ( -- the numbers that are asked for: all, or that of one petition
    select
        min(identity),
        max(identity)
    from record.uscis_petitioner
    where identity is not null
    having access.petition() is null
    union all
    select
        identity,
        identity
    from latest.known_petitioner
    where receipt_number = access.petition()
),

candidates as ( -- by the index alone: three of four give a number that nobody gives twice
    select distinct
        identity,
        unnest(receipt_numbers) as receipt_number
    from (
        select
            identity,
            array_agg(receipt_number) as receipt_numbers
        from record.uscis_petitioner
        where
            identity is not null -- what the index holds
            and identity >= (select asked.least from asked) and identity <= (select asked.greatest from asked)
        group by identity
        having min(receipt_number) < max(receipt_number)
    ) as given
    order by receipt_number -- in the order in which the records lie
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
        select * from latest.petitioner_identity as one
        where one.receipt_number = candidates.receipt_number
        limit 1
    ) as petition
    where petition.identity = candidates.identity -- at this moment, too
)

select
    petitioner_key,
    case -- its name alone: nothing of the number
        when identity like 'ssn %' then 'ssn'
        when identity like 'a_number %' then 'a_number'
        else 'fein'
    end as basis,
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
    window same_petitioner as (partition by identity)
) as counted
where petition_count >= 2;
