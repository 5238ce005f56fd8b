-- what reviewers said of a subject and a petition, where it stands; where nobody has said anything, no pair is judged
select
    'tecs_subjects:' || subject_id as left_member,
    'uscis_petitioners:' || receipt_number as right_member,
    weight,
    decision as outcome
from latest.judged_pair
where
    decision in ('accept', 'reject') and reopened_by is null and model_version = %(model_version)s
    and exists (select from match.decision)
