-- the best pair of each convicted subject and each petition that resembles the subject; an array: there are few, which the
-- planner does not know
with best as (
    select distinct on (subject.subject_id, petitioner.receipt_number)
        subject.subject_id,
        petitioner.receipt_number,
        pair.weight,
        pair.band
    from record.tecs_subject as subject
    inner join match.pair on pair.subject_version_id = subject.version_id
    inner join record.uscis_petitioner as petitioner on petitioner.version_id = pair.petitioner_version_id
    where
        subject.subject_id = any(array(select suspect.subject_id from suspect where suspect.is_convicted))
        and pair.model_version = %(model_version)s
    order by subject.subject_id, petitioner.receipt_number, pair.weight desc
)

select
    subject_id,
    receipt_number,
    ( -- a subquery finds one petition by the index; a join would sort all of them
        select petition.form from latest.uscis_petition as petition
        where petition.receipt_number = best.receipt_number
    ) as form,
    weight,
    band
from best
