-- who petitions, by the first identifier there is; who gives none is nobody's second petitioner
create view latest.petitioner_identity as
select
    petitioner.receipt_number,
    case
        when petitioner.ssn ~ '[0-9]' then 'ssn'
        when petitioner.a_number is not null then 'a_number'
        when petitioner.fein ~ '[0-9]' then 'fein'
    end as basis,
    -- its digits, once a petitioner: to sort the three in a lateral took half of what all of this takes. What is written as
    -- usual without an expression that replaces, which takes three times as long
    coalesce(
        nullif(
            case
                when replace(petitioner.ssn, '-', '') ~ '[^0-9]' then regexp_replace(petitioner.ssn, '[^0-9]', '', 'g')
                else replace(petitioner.ssn, '-', '')
            end,
            ''
        ),
        lpad(
            case
                when replace(petitioner.a_number, 'A', '') ~ '[^0-9]' then regexp_replace(petitioner.a_number, '[^0-9]', '', 'g')
                else replace(petitioner.a_number, 'A', '')
            end,
            9, '0'
        ),
        nullif(
            case
                when replace(petitioner.fein, '-', '') ~ '[^0-9]' then regexp_replace(petitioner.fein, '[^0-9]', '', 'g')
                else replace(petitioner.fein, '-', '')
            end,
            ''
        )
    ) as identity_value,
    petition.form,
    petition.visa_class,
    petition.status,
    petition.received_on,
    petitioner.family_name,
    petitioner.given_name,
    petitioner.date_of_birth,
    petitioner.organisation_name,
    upper(regexp_replace(petitioner.address, '[^[:alnum:]]+', ' ', 'g')) as address,
    petitioner.postal_code
from latest.uscis_petitioner as petitioner
inner join latest.uscis_petition as petition using (receipt_number)
where
    coalesce(petitioner.record_state, '') <> 'cancelled'
    and coalesce(petition.record_state, '') <> 'cancelled'
    and coalesce(petition.amends_receipt_number is null, false); -- as in latest.subject_case
