-- which petitions an entity leads to, and by which route; each petition once for an entity, by its strongest
create view report.subject_route as
with joined as ( -- records of one person: linked with a subject, or with another petition of the same person
    select
        petitioner.entity,
        petitioner.member
    from latest.entity as petitioner
    where
        petitioner.member like 'uscis_petitioners:%'
        and petitioner.entity in (select subject.entity from report.subject as subject)
),

paired as (
    select
        entity,
        receipt_number,
        bool_or(band = 'lead') as is_lead, -- or a reviewer has accepted it
        bool_and(band = 'rejected') as is_rejected,
        max( -- the likeliest pair says how likely; nobody knows how often a link that was cut is right
            case
                when band = 'rejected' then 0
                when decision = 'accept' and not is_reopened then 1
                when cut_by is null then 1 / (1 + power(2.0::double precision, -(weight + group_weight)))
            end
        ) as probability
    from report.lead
    group by entity, receipt_number
),

personal as (
    select
        coalesce(joined.entity, paired.entity) as entity,
        coalesce(substr(joined.member, length('uscis_petitioners:') + 1), paired.receipt_number) as receipt_number,
        case when joined.member is not null or paired.is_lead then 'lead' else 'review' end as band,
        case
            when joined.member is null or paired.is_lead then paired.probability
            else max(paired.probability) over (partition by joined.entity) -- reached through another petition
        end as probability
    from joined
    full join paired
        on paired.entity = joined.entity and joined.member = 'uscis_petitioners:' || paired.receipt_number
    where paired.is_rejected is not true
),

organisations as materialized (
    select distinct
        personal.entity,
        identity.basis,
        identity.value
    from personal
    cross join lateral ( -- one petition by the index (limit keeps it one); a join would sort all of them
        select * from latest.organisation_identity
        where latest.organisation_identity.receipt_number = personal.receipt_number
        limit 3
    ) as identity
    where personal.band = 'lead'
),

others as ( -- which petitions may be theirs: an array, which the planner does not see, since a join would be made of nested loops
    select distinct receipt_number
    from latest.held_organisation_identity
    where value = any((select array_agg(organisations.value) from organisations)::text [])
),

routes as (
    select
        entity,
        receipt_number,
        'person' as route,
        band,
        probability
    from personal
    union all
    select distinct
        organisations.entity,
        others.receipt_number,
        'organisation',
        'review',
        null::double precision -- nobody has counted how often
    from others
    cross join lateral (
        select * from latest.organisation_identity
        where latest.organisation_identity.receipt_number = others.receipt_number
        limit 3
    ) as identity
    inner join organisations using (basis, value)
    where
        not exists (
            select from personal as known
            where known.entity = organisations.entity and known.receipt_number = others.receipt_number
        )
)

select
    routes.entity,
    routes.receipt_number,
    routes.route,
    routes.band,
    routes.probability,
    petition.form,
    petition.visa_class,
    petition.petitioner_kind,
    petition.status as petition_status,
    petition.received_on,
    petition.record_state as petition_record_state,
    (
        select count(*) from latest.uscis_beneficiary as beneficiary
        where
            beneficiary.receipt_number = routes.receipt_number
            and coalesce(beneficiary.record_state, '') <> 'cancelled'
    ) as beneficiary_count
from routes
left join lateral ( -- limit keeps it one, found by the index
    select * from latest.uscis_petition
    where latest.uscis_petition.receipt_number = routes.receipt_number
    limit 1
) as petition on true;
