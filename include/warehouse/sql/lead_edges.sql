select distinct
    'tecs_subjects:' || subject.subject_id as left_member,
    'uscis_petitioners:' || petitioner.receipt_number as right_member
from match.pair
inner join record.tecs_subject as subject on subject.version_id = pair.subject_version_id
inner join record.uscis_petitioner as petitioner on petitioner.version_id = pair.petitioner_version_id
where pair.band = 'lead' and pair.model_version = %(model_version)s
