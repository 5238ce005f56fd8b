select
    subject_id,
    receipt_number,
    band,
    model_band,
    weight,
    form,
    visa_class,
    petition_status,
    is_after_investigation,
    decision,
    reopened_by
from report.lead
where
    case %(list)s
        when 'reopened' then is_reopened
        when 'decided' then decision is not null and not is_reopened
        else band = %(list)s and (decision is null or is_reopened or decision = 'undecided')
    end
    and (-weight, subject_id, receipt_number) > (-%(weight)s::double precision, %(subject_id)s, %(receipt_number)s)
order by weight desc, subject_id, receipt_number
limit %(page)s;
