-- every link as strong as a lead, across the systems and inside each
select
    'tecs_subjects:' || subject_id as left_member,
    'uscis_petitioners:' || receipt_number as right_member,
    max(weight) as weight
from latest.pair
where band = 'lead' and model_version = %(model_version)s
group by subject_id, receipt_number
union all
select left_member, right_member, weight
from match.link
where band = 'lead' and model_version = %(model_version)s
