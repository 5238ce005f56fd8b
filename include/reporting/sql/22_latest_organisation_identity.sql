create view latest.organisation_identity as
select
    held.receipt_number,
    held.basis,
    held.value
from latest.held_organisation_identity as held
where
    held.version_id = (
        select petitioner.version_id from latest.uscis_petitioner as petitioner
        where petitioner.receipt_number = held.receipt_number
    );
