-- the best pair of each convicted subject and each petition that resembles the subject; an array: there are few, which the
-- planner does not know
with best as (
    select distinct on (subject_id, receipt_number)
        subject_id,
        receipt_number,
        weight,
        band
    from latest.pair
    where
        subject_id = any(array(select suspect.subject_id from suspect where suspect.is_convicted))
        and model_version = %(model_version)s
    order by subject_id, receipt_number, weight desc
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
