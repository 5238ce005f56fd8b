-- how many of those whom investigations suspect have a lead of the model to a petition of each form: the convicted, and all
-- others
with led as (
    select distinct
        subject_id,
        receipt_number
    from latest.pair
    where band = 'lead' and model_version = %(model_version)s
),

filed as materialized ( -- else its form is looked for once more, to see whether there is one
    select
        suspect.subject_id,
        suspect.is_convicted,
        ( -- a subquery finds one petition by the index; a join would sort all of them
            select petition.form from latest.uscis_petition as petition
            where petition.receipt_number = led.receipt_number
        ) as form
    from led
    inner join suspect using (subject_id)
),

counted as (
    select
        form,
        count(distinct subject_id) filter (where is_convicted) as convicted_with,
        count(distinct subject_id) filter (where not is_convicted) as other_with
    from filed
    where form is not null
    group by form
)

select
    counted.form,
    counted.convicted_with,
    (select count(*) from suspect where suspect.is_convicted) as convicted_count,
    counted.other_with,
    (select count(*) from suspect where not suspect.is_convicted) as other_count
from counted
order by counted.form
