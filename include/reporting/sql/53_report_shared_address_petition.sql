-- People are compared within their address, not by a join: the planner expects one row of it, and compares all with all.
create view report.shared_address_petition as
with placed as (
    select
        *,
        extract(year from date_of_birth) as birth_year,
        left(upper(given_name), 1) as initial
    from latest.petitioner_identity
    where organisation_name is null and address <> '' and postal_code is not null
),

gathered as (
    select
        *,
        array_agg(birth_year) over home as birth_years,
        array_agg(initial) over home as initials,
        array_agg(identity_value) over home as identity_values
    from placed
    window home as (partition by address, postal_code)
),

compared as ( -- slips keep the year of birth or how a name begins (days and months are swapped, names shortened); people differ
    select
        *,
        exists (
            select from unnest(birth_years, initials, identity_values) as other (birth_year, initial, identity_value)
            where
                other.birth_year < gathered.birth_year
                and other.initial <> gathered.initial
                and (other.identity_value = gathered.identity_value) is not true
        ) as is_another_person
    from gathered
),

shared as (
    select
        *,
        min(receipt_number) over home as address_key,
        bool_or(is_another_person) over home as is_shared
    from compared
    window home as (partition by address, postal_code)
)

select
    address_key,
    receipt_number,
    form,
    visa_class,
    received_on,
    family_name,
    given_name,
    date_of_birth,
    address,
    postal_code
from shared
where is_shared;
