-- Whom an application may be about is looked for among all versions, of which few are left; what holds of those is asked of
-- the latest ones, each by the index
create view report.beneficiary_later_victim as
with applications as materialized (
    select
        receipt_number,
        received_on,
        upper(family_name) as family_name,
        upper(given_name) as given_name,
        date_of_birth,
        lpad(regexp_replace(a_number, '[^0-9]', '', 'g'), 9, '0') as a_number
    from latest.uscis_t_application
),

held as (
    select
        applications.receipt_number as application_receipt_number,
        beneficiary.receipt_number,
        beneficiary.beneficiary_number
    from record.uscis_beneficiary as beneficiary
    inner join applications on lpad(regexp_replace(beneficiary.a_number, '[^0-9]', '', 'g'), 9, '0') = applications.a_number
    union
    select
        applications.receipt_number,
        beneficiary.receipt_number,
        beneficiary.beneficiary_number
    from record.uscis_beneficiary as beneficiary
    inner join applications
        on
            beneficiary.date_of_birth = applications.date_of_birth
            and upper(beneficiary.family_name) = applications.family_name
            and upper(beneficiary.given_name) = applications.given_name
),

found as (
    select
        application.receipt_number as application_receipt_number,
        petition.receipt_number,
        case
            when lpad(regexp_replace(beneficiary.a_number, '[^0-9]', '', 'g'), 9, '0') = application.a_number
                then 'a_number'
            when
                upper(beneficiary.family_name) = application.family_name
                and upper(beneficiary.given_name) = application.given_name
                and beneficiary.date_of_birth = application.date_of_birth
                then 'name and date of birth'
        end as basis,
        petition.form,
        petition.visa_class,
        application.received_on - petition.received_on as days_between
    from held
    inner join applications as application on application.receipt_number = held.application_receipt_number
    cross join lateral ( -- limit keeps it one, found by the index
        select * from latest.uscis_beneficiary as one
        where one.receipt_number = held.receipt_number and one.beneficiary_number = held.beneficiary_number
        limit 1
    ) as beneficiary
    cross join lateral (
        select * from latest.uscis_petition as one
        where one.receipt_number = held.receipt_number
        limit 1
    ) as petition
    where
        coalesce(beneficiary.record_state, '') <> 'cancelled' and coalesce(petition.record_state, '') <> 'cancelled'
)

select distinct on (application_receipt_number, receipt_number)
    application_receipt_number,
    receipt_number,
    basis,
    form,
    visa_class,
    days_between
from found
where basis is not null and days_between >= 0
order by application_receipt_number, receipt_number, basis;
