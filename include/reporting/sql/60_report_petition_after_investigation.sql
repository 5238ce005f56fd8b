create view report.petition_after_investigation as
with leads as materialized ( -- planned by itself: joined with the rest, the pairs were judged anew for each subject
    select * from report.lead
    where band in ('lead', 'review')
),

subjects as (
    select
        subject_id,
        min(since_on) as subject_since_on
    from latest.subject_case
    group by subject_id
),

meeting as ( -- the first day on which one system held the subject and the other the petition
    select
        leads.subject_id,
        leads.receipt_number,
        leads.band,
        leads.form,
        leads.visa_class,
        leads.petition_status,
        leads.beneficiary_count,
        subjects.subject_since_on,
        petition.received_on,
        petition.decided_on,
        greatest(petition.received_on, subjects.subject_since_on) as catchable_on
    from leads
    inner join subjects using (subject_id)
    inner join latest.uscis_petition as petition using (receipt_number)
    where petition.record_state is distinct from 'cancelled'
)

select
    subject_id,
    receipt_number,
    band,
    form,
    visa_class,
    petition_status,
    beneficiary_count,
    case
        when received_on >= subject_since_on then 'filed after'
        when decided_on is null then 'pending'
        else 'decided after'
    end as timing,
    petition_status = 'approved' as is_approved,
    exists (
        select from latest.subject_case as open_case
        where
            open_case.subject_id = meeting.subject_id
            and open_case.is_held -- else nobody knows whether it was closed
            and open_case.since_on <= catchable_on
            and (open_case.closed_on is null or open_case.closed_on >= catchable_on)
    ) as is_case_open,
    subject_since_on,
    received_on,
    catchable_on,
    decided_on,
    received_on - subject_since_on as days_after_investigation,
    decided_on - catchable_on as days_to_decision
from meeting
where received_on >= subject_since_on or decided_on is null or decided_on >= subject_since_on;
