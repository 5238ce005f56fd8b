-- what each version of the linked records says of a person. Of petitions the form says it: citizens alone petition for
-- fiancé(e)s (8 U.S.C. 1184(d)), and for relatives but the spouses and children of residents, F2A and F2B (8 U.S.C. 1154(a))
select
    'tecs_subjects:' || subject_id as member,
    date_of_birth as dob,
    sex,
    ssn,
    a_number,
    citizenship,
    null as files_as
from record.tecs_subject
where subject_id = any(%(subjects)s)
union all
select
    'uscis_petitioners:' || receipt_number,
    date_of_birth,
    sex,
    ssn,
    a_number,
    null,
    null
from record.uscis_petitioner
where receipt_number = any(%(petitioners)s)
union all
select
    'uscis_petitioners:' || receipt_number,
    null,
    null,
    null,
    null,
    null,
    'US'
from record.uscis_petition
where
    receipt_number = any(%(petitioners)s)
    and (form = 'I-129F' or (form = 'I-130' and visa_class not in ('F2A', 'F2B')))
