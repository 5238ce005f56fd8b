-- who petitions. By `identity` a petitioner is known again: who gives no number is nobody's second petitioner
create view latest.known_petitioner as
select
    receipt_number,
    identity,
    organisation,
    place,
    family_name,
    given_name,
    date_of_birth,
    organisation_name,
    address,
    postal_code
from latest.uscis_petitioner
where coalesce(record_state, '') <> 'cancelled';
