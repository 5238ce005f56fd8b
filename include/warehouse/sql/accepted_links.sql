-- every link as strong as a lead, across the systems and inside each
select
    'tecs_subjects:' || subject.subject_id as left_member,
    'uscis_petitioners:' || petitioner.receipt_number as right_member,
    max(pair.weight) as weight
from match.pair
inner join record.tecs_subject as subject on subject.version_id = pair.subject_version_id
inner join record.uscis_petitioner as petitioner on petitioner.version_id = pair.petitioner_version_id
where pair.band = 'lead' and pair.model_version = %(model_version)s
group by subject.subject_id, petitioner.receipt_number
union all
select left_member, right_member, weight
from match.link
where band = 'lead' and model_version = %(model_version)s
