-- a cancelled record stays a lead and says so: it may be the richer one; what is counted leaves the cancelled out: a
-- withdrawn arrest is none, a beneficiary entered twice is one. A decision stands while the model, the evidence and the
-- group's part are those that the reviewer saw, and then outranks the model: what was rejected is in neither band
create view report.lead as
select
    best.subject_id,
    best.receipt_number,
    case
        when best.reopened_by is null and best.decision = 'reject' then 'rejected'
        when best.reopened_by is null and best.decision = 'accept' then 'lead'
        when entity.entity <> petitioner_entity.entity then 'review' -- resolving left the link out
        else coalesce(best.group_band, best.band)
    end as band,
    best.weight,
    best.group_weight,
    best.group_band,
    best.is_by_alias,
    petition.form,
    petition.visa_class,
    petition.petitioner_kind,
    petition.status as petition_status,
    petition.received_on,
    screened.first_investigated_on,
    petition.received_on >= screened.first_investigated_on as is_after_investigation,
    screened.is_case_held,
    beneficiaries.beneficiary_count,
    coalesce(arrests.arrest_count, 0) as arrest_count,
    coalesce(arrests.has_trafficking_conviction, false) as has_trafficking_conviction,
    coalesce(entity.entity, 'tecs_subjects:' || best.subject_id) as entity,
    cut.reason as cut_by,
    (
        select subject.record_state from latest.tecs_subject as subject
        where subject.subject_id = best.subject_id
    ) as subject_record_state,
    ( -- a subquery finds one petitioner by the index; a join would sort all of them
        select petitioner.record_state from latest.uscis_petitioner as petitioner
        where petitioner.receipt_number = best.receipt_number
    ) as petitioner_record_state,
    petition.record_state as petition_record_state,
    best.pair_id,
    best.found_at,
    best.model_version,
    best.band as model_band,
    best.decision,
    best.decided_at,
    best.reopened_by is not null as is_reopened,
    best.reopened_by,
    'SIMULATED // CUI//SP-PRVCY/IVIC/INV//FED ONLY' as marking,
    'A lead is a resemblance of records: no finding about a person, no ground for action before a person verified it.'
        as caveat
from latest.judged_pair as best
inner join latest.screened_subject as screened using (subject_id)
-- laterals find the records of one pair by the index; joins would sort all of them for each (limit keeps it one)
left join lateral (
    select * from latest.uscis_petition as petition
    where petition.receipt_number = best.receipt_number
    limit 1
) as petition on true
cross join lateral (
    select count(*) as beneficiary_count from latest.uscis_beneficiary as beneficiary
    where
        beneficiary.receipt_number = best.receipt_number
        and coalesce(beneficiary.record_state, '') <> 'cancelled'
) as beneficiaries
left join (
    select
        subject_id,
        count(*) as arrest_count,
        bool_or(disposition = 'convicted') as has_trafficking_conviction
    from latest.tecs_arrest
    where coalesce(record_state, '') <> 'cancelled'
    group by subject_id
) as arrests using (subject_id)
left join latest.entity as entity on entity.member = 'tecs_subjects:' || best.subject_id
left join latest.entity as petitioner_entity on petitioner_entity.member = 'uscis_petitioners:' || best.receipt_number
left join match.cut
    on
        cut.left_member = 'tecs_subjects:' || best.subject_id
        and cut.right_member = 'uscis_petitioners:' || best.receipt_number;
