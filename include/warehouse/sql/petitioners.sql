-- every version of a petitioner; a field that no petitioner's form asks for is null
select
    version_id as id,
    family_name as family,
    given_name as given,
    middle_name as middle,
    other_names,
    organisation_name as organisation,
    fein,
    date_of_birth as dob,
    sex,
    birth_country as country,
    null as birth_place,
    a_number,
    ssn,
    null as passport,
    address as street,
    concat_ws(' ', city, state) as city,
    postal_code as postcode,
    phone,
    load_id = any(%(frontier)s) as is_new
from record.uscis_petitioner
