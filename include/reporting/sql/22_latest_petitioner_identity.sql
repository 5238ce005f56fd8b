-- who petitions, by the first identifier there is; who gives none is nobody's second petitioner
create view latest.petitioner_identity as
select
    petitioner.receipt_number,
    identifier.basis,
    identifier.value as identity_value,
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
left join lateral (
    select
        basis,
        value
    from (
        values
        (1, 'ssn', regexp_replace(petitioner.ssn, '[^0-9]', '', 'g')),
        (2, 'a_number', lpad(regexp_replace(petitioner.a_number, '[^0-9]', '', 'g'), 9, '0')),
        (3, 'fein', regexp_replace(petitioner.fein, '[^0-9]', '', 'g'))
    ) as given (preference, basis, value)
    where value <> ''
    order by preference
    limit 1
) as identifier on true
where
    petitioner.record_state is distinct from 'cancelled'
    and petition.record_state is distinct from 'cancelled'
    and petition.amends_receipt_number is null;
