-- versions of petitioners (see near_personas.sql for the array); a field that no petitioner's form asks for is null
select
    petitioner.version_id as id,
    petitioner.family_name as family,
    petitioner.given_name as given,
    petitioner.middle_name as middle,
    petitioner.other_names,
    petitioner.organisation_name as organisation,
    petitioner.fein,
    petitioner.date_of_birth as dob,
    petitioner.sex,
    petitioner.birth_country as country,
    null as birth_place,
    petitioner.a_number,
    petitioner.ssn,
    null as passport,
    petitioner.address as street,
    concat_ws(' ', petitioner.city, petitioner.state) as city,
    petitioner.postal_code as postcode,
    petitioner.phone
from record.uscis_petitioner as petitioner
where petitioner.version_id = any((select %(versions)s::bigint [])::bigint [])
order by petitioner.version_id
