-- which keys of blocking each record still has: by the rules of `quality/usable.py`, which the gate counts by
create view report.matchable_record as
with said as (
    select
        'tecs_subjects' as dataset,
        subject_id as record_number,
        updated_at,
        name as family_name,
        name as given_name,
        date_of_birth,
        a_number,
        ssn,
        phone,
        address,
        postal_code,
        breaches
    from latest.tecs_subject
    union all
    select
        'uscis_petitioners',
        receipt_number,
        updated_at,
        family_name,
        given_name,
        date_of_birth,
        a_number,
        ssn,
        phone,
        address,
        postal_code,
        breaches
    from latest.uscis_petitioner
),

of_use as (
    select
        said.dataset,
        said.record_number,
        said.updated_at,
        coalesce(said.family_name !~* unknown.words and not broken.columns && '{name,family_name}', false) as family_name,
        coalesce(said.given_name !~* unknown.words and not broken.columns && '{name,given_name}', false) as given_name,
        coalesce(
            said.date_of_birth not in ('1900-01-01', '1901-01-01', '1970-01-01', '9999-12-31')
            and not broken.columns && '{date_of_birth}',
            false
        ) as birth,
        said.a_number is not null and not broken.columns && '{a_number}' as a_number,
        said.ssn is not null and not broken.columns && '{ssn}' as ssn,
        said.phone is not null and not broken.columns && '{phone}' as phone,
        coalesce(said.address !~* unknown.words and not broken.columns && '{address}', false)
        and said.postal_code is not null and not broken.columns && '{postal_code}' as address
    from said
    cross join lateral (
        select
            case -- hardly any row broke a rule; an aggregate for each took a ninth of the time
                when said.breaches = '{}' then '{}'
                else array(select split_part(label, ':', 1) from unnest(said.breaches) as label)
            end as columns
    ) as broken
    cross join (
        values ('^[\s,]*(fnu|lnu|mnu|nmn|unknown|unk|xxx)([\s,]+(fnu|lnu|mnu|nmn|unknown|unk|xxx))*[\s,]*$')
    ) as unknown (words)
)

select
    dataset,
    record_number,
    updated_at,
    family_name and birth as by_name_and_birth,
    family_name and given_name as by_name,
    birth as by_birth,
    a_number as by_a_number,
    ssn as by_ssn,
    phone as by_telephone,
    address as by_address,
    not (family_name and given_name or birth or a_number or ssn or phone or address) as is_unmatchable
from of_use;
