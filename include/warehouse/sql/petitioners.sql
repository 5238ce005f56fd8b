select
    version_id as petitioner_id,
    family_name,
    given_name,
    middle_name,
    other_names,
    date_of_birth,
    sex,
    birth_country,
    a_number,
    ssn,
    address,
    city,
    state,
    postal_code,
    phone,
    load_id = any(%(frontier)s) as is_new
from record.uscis_petitioner
