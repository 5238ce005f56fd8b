-- the second route: by whom an organisation's petitions are signed, and who lives where it is. Which petitions an organisation
-- can have filed is asked of all versions first, since people file nine of ten; what holds of those is asked of the latest ones
create view report.organisation_link_petition as
with petitions as (
    select
        receipt_number,
        form,
        visa_class,
        status,
        received_on,
        address,
        postal_code,
        min(receipt_number) over (partition by identity) as organisation_key
    from (
        select
            filed.*,
            case
                when filed.basis = 'fein' then 'fein ' || filed.identity_value
                else upper(regexp_replace(filed.organisation_name, '[^[:alnum:]]+', ' ', 'g')) || ' ' || filed.postal_code
            end as identity
        from ( -- in order: the records lie in it, and a third of the time finds them
            select distinct receipt_number from record.uscis_petitioner
            where organisation_name is not null
            order by receipt_number
        ) as held
        cross join lateral ( -- by the index (limit keeps it one)
            select * from latest.petitioner_identity as one
            where one.receipt_number = held.receipt_number
            limit 1
        ) as filed
        where filed.organisation_name is not null
    ) as identified
    where identity is not null
),

leads as materialized (
    select
        subject_id,
        receipt_number,
        band
    from report.lead
    where band in ('lead', 'review')
),

signed as (
    select
        petition.organisation_key,
        leads.subject_id,
        min(leads.band) as band -- of its petitions the one that says most: lead before review
    from leads
    inner join petitions as petition using (receipt_number)
    group by petition.organisation_key, leads.subject_id
),

places as (
    select
        address,
        postal_code,
        organisation_key,
        null as subject_id
    from petitions
    union all
    select
        upper(regexp_replace(subject.address, '[^[:alnum:]]+', ' ', 'g')),
        subject.postal_code,
        null,
        subject_id
    from latest.tecs_subject as subject
    inner join latest.screened_subject using (subject_id)
),

housed as ( -- grouped, not joined: the planner expects one subject, and would compare each with each organisation
    select
        organisation_key,
        subject_id
    from (
        select
            array_agg(places.organisation_key) filter (where places.organisation_key is not null) as organisations,
            array_agg(places.subject_id) filter (where places.subject_id is not null) as subjects
        from places
        where places.address <> '' and places.postal_code is not null
        group by places.address, places.postal_code
    ) as place
    cross join unnest(place.organisations) as organisation (organisation_key)
    cross join unnest(place.subjects) as subject (subject_id)
    group by organisation_key, subject_id
)

select
    petition.organisation_key,
    subject_id,
    receipt_number,
    signed.subject_id is not null as is_by_signatory,
    housed.subject_id is not null as is_by_address,
    leads.subject_id is not null as is_lead,
    coalesce(signed.band, 'review') as band,
    petition.form,
    petition.visa_class,
    petition.status as petition_status,
    petition.received_on
from signed
full join housed using (organisation_key, subject_id)
inner join petitions as petition using (organisation_key)
left join leads using (subject_id, receipt_number);
