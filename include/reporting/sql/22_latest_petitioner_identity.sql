-- who petitions, with the petition
create view latest.petitioner_identity as
select
    petitioner.*,
    petition.form,
    petition.visa_class,
    petition.status,
    petition.received_on
from latest.known_petitioner as petitioner
inner join latest.uscis_petition as petition using (receipt_number)
where
    coalesce(petition.record_state, '') <> 'cancelled'
    and coalesce(petition.amends_receipt_number is null, false); -- as in latest.subject_case
