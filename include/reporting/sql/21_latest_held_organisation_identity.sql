-- by what an organisation that petitions is known again: its number, its name (the legal form does not count) in a place, its
-- address. Of all versions: where one of many is looked for; latest.organisation_identity says what holds
create view latest.held_organisation_identity as
select
    petitioner.version_id,
    petitioner.receipt_number,
    identity.basis,
    identity.value
from record.uscis_petitioner as petitioner
cross join lateral (
    values
    ('fein', nullif(regexp_replace(petitioner.fein, '[^0-9]', '', 'g'), '')),
    (
        'name',
        nullif(trim(regexp_replace(
            upper(regexp_replace(petitioner.organisation_name, '[^[:alnum:]]+', ' ', 'g')),
            '\m(LLC|INC|CORP|CO|LTD|LLP|LP)\M', '', 'g'
        )), '')
        || ' ' || petitioner.postal_code
    ),
    (
        'address',
        nullif(trim(upper(regexp_replace(petitioner.address, '[^[:alnum:]]+', ' ', 'g'))), '')
        || ' ' || petitioner.postal_code
    )
) as identity (basis, value)
where petitioner.organisation_name is not null and identity.value is not null;
