create view report.petition_after_investigation as
with leads as materialized ( -- planned by itself: joined with the rest, the pairs were judged anew for each subject
    select * from report.lead
    where band in ('lead', 'review')
),

cases as materialized (
    select * from latest.subject_case
),

subjects as (
    select
        subject_id,
        min(since_on) as subject_since_on
    from cases
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
    cross join lateral ( -- by the index (limit keeps it one): joined, all petitions would be sorted
        select * from latest.uscis_petition as held
        where held.receipt_number = leads.receipt_number
        limit 1
    ) as petition
    where coalesce(petition.record_state, '') <> 'cancelled'
),

open as ( -- a join: asked pair by pair, all cases were gone through for each
    select distinct
        meeting.subject_id,
        meeting.receipt_number
    from meeting
    inner join cases using (subject_id)
    where
        cases.is_held -- else nobody knows whether it was closed
        and cases.since_on <= meeting.catchable_on
        and (cases.closed_on is null or cases.closed_on >= meeting.catchable_on)
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
    open.subject_id is not null as is_case_open,
    subject_since_on,
    received_on,
    catchable_on,
    decided_on,
    received_on - subject_since_on as days_after_investigation,
    decided_on - catchable_on as days_to_decision
from meeting
left join open using (subject_id, receipt_number)
where received_on >= subject_since_on or decided_on is null or decided_on >= subject_since_on;
