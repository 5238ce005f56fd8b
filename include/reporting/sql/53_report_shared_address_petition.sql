-- People are compared within their address, not by a join: the planner expects one row of it, and compares all with all.
-- Where that can be is asked of all versions first, cheaply: of ten years' addresses hardly any are left
create view report.shared_address_petition as
with homes as ( -- by the index alone
    select
        place,
        array_agg(receipt_number) as receipt_numbers
    from record.uscis_petitioner
    where organisation_name is null and place is not null
    group by place
    having extract(year from min(date_of_birth)) < extract(year from max(date_of_birth))
),

placed as (
    select
        petitioner.*,
        extract(year from petitioner.date_of_birth) as birth_year,
        left(upper(petitioner.given_name), 1) as initial
    from homes
    cross join lateral (select distinct unnest(homes.receipt_numbers) as receipt_number) as living
    cross join lateral ( -- by the index (limit keeps it one): joined, all petitioners would be read
        select * from latest.petitioner_identity as identity
        where identity.receipt_number = living.receipt_number
        limit 1
    ) as petitioner
    where
        petitioner.organisation_name is null
        and petitioner.place = homes.place -- who has not moved since
),

gathered as (
    select
        *,
        array_agg(birth_year) over home as birth_years,
        array_agg(initial) over home as initials,
        array_agg(identity) over home as identities
    from placed
    window home as (partition by place)
),

compared as ( -- slips keep the year of birth or how a name begins (days and months are swapped, names shortened); people differ
    select
        *,
        exists (
            select from unnest(birth_years, initials, identities) as other (birth_year, initial, identity)
            where
                other.birth_year < gathered.birth_year
                and other.initial <> gathered.initial
                and (other.identity = gathered.identity) is not true
        ) as is_another_person
    from gathered
),

shared as (
    select
        *,
        min(receipt_number) over home as address_key,
        bool_or(is_another_person) over home as is_shared
    from compared
    window home as (partition by place)
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
    upper(regexp_replace(address, '[^[:alnum:]]+', ' ', 'g')) as address,
    postal_code
from shared
where is_shared;
