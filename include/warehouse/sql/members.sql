-- what each version of the linked records says of a person
select
    'tecs_subjects:' || subject_id as member,
    date_of_birth as dob,
    sex,
    ssn,
    a_number
from record.tecs_subject
where subject_id = any(%(subjects)s)
union all
select
    'uscis_petitioners:' || receipt_number,
    date_of_birth,
    sex,
    ssn,
    a_number
from record.uscis_petitioner
where receipt_number = any(%(petitioners)s)
