create view report.shared_address_petition as
with people as (
    select distinct
        address,
        postal_code,
        upper(given_name) as given_name,
        date_of_birth,
        identity_value
    from latest.petitioner_identity
    where organisation_name is null and address <> '' and given_name is not null and date_of_birth is not null
),

shared as ( -- slips keep the year of birth or how a name begins (days and months are swapped, names shortened); people differ
    select distinct
        address,
        postal_code
    from people as one
    inner join people as other using (address, postal_code)
    where
        date_trunc('year', one.date_of_birth) < date_trunc('year', other.date_of_birth)
        and left(one.given_name, 1) <> left(other.given_name, 1)
        and (one.identity_value = other.identity_value) is not true
)

select
    min(petition.receipt_number) over (partition by address, postal_code) as address_key,
    petition.receipt_number,
    petition.form,
    petition.visa_class,
    petition.received_on,
    petition.family_name,
    petition.given_name,
    petition.date_of_birth,
    address,
    postal_code
from latest.petitioner_identity as petition
inner join shared using (address, postal_code)
where petition.organisation_name is null;
