-- the second route: by whom an organisation's petitions are signed, and who lives where it is. Which organisations that can be is
-- asked first, by whom we have leads to and by where subjects live; what holds of their petitions is asked of the latest versions
create view report.organisation_link_petition as
with leads as materialized (
    select
        subject_id,
        receipt_number,
        band
    from report.lead
    where band in ('lead', 'review')
),

dwellings as materialized (
    select
        subject_id,
        upper(regexp_replace(subject.address, '[^[:alnum:]]+', ' ', 'g')) || ', ' || subject.postal_code as place
    from latest.tecs_subject as subject
    inner join latest.screened_subject using (subject_id)
),

candidates as ( -- of all versions, by the index
    select organisation from record.uscis_petitioner
    where organisation is not null and receipt_number in (select leads.receipt_number from leads)
    union
    select organisation from record.uscis_petitioner
    where organisation is not null and place in (select dwellings.place from dwellings)
),

petitions as materialized (
    select
        filed.receipt_number,
        filed.form,
        filed.visa_class,
        filed.status,
        filed.received_on,
        filed.place,
        min(filed.receipt_number) over (partition by filed.organisation) as organisation_key
    from (
        select distinct
            organisation,
            receipt_number
        from record.uscis_petitioner
        where organisation is not null and organisation in (select candidates.organisation from candidates)
        order by receipt_number -- in the order in which the records lie
    ) as held
    cross join lateral ( -- by the index (limit keeps it one)
        select * from latest.petitioner_identity as one
        where one.receipt_number = held.receipt_number
        limit 1
    ) as filed
    where filed.organisation = held.organisation -- at this moment, too
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

housed as (
    select distinct
        petition.organisation_key,
        dwellings.subject_id
    from petitions as petition
    inner join dwellings using (place)
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
