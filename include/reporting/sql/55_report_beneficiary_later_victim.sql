create view report.beneficiary_later_victim as
with beneficiaries as (
    select
        beneficiary.*,
        petition.form,
        petition.visa_class,
        petition.received_on
    from latest.uscis_beneficiary as beneficiary
    inner join latest.uscis_petition as petition using (receipt_number)
    where beneficiary.record_state is distinct from 'cancelled' and petition.record_state is distinct from 'cancelled'
),

found as (
    select
        application.receipt_number as application_receipt_number,
        beneficiary.receipt_number,
        'a_number' as basis,
        beneficiary.form,
        beneficiary.visa_class,
        application.received_on - beneficiary.received_on as days_between
    from latest.uscis_t_application as application
    inner join beneficiaries as beneficiary
        on
            lpad(regexp_replace(beneficiary.a_number, '[^0-9]', '', 'g'), 9, '0')
            = lpad(regexp_replace(application.a_number, '[^0-9]', '', 'g'), 9, '0')
    union all
    select
        application.receipt_number,
        beneficiary.receipt_number,
        'name and date of birth',
        beneficiary.form,
        beneficiary.visa_class,
        application.received_on - beneficiary.received_on
    from latest.uscis_t_application as application
    inner join beneficiaries as beneficiary
        on
            upper(beneficiary.family_name) = upper(application.family_name)
            and upper(beneficiary.given_name) = upper(application.given_name)
            and beneficiary.date_of_birth = application.date_of_birth
)

select distinct on (application_receipt_number, receipt_number)
    application_receipt_number,
    receipt_number,
    basis,
    form,
    visa_class,
    days_between
from found
where days_between >= 0
order by application_receipt_number, receipt_number, basis;
