-- a cancelled record stays a lead and says so: it may be the richer one; what is counted leaves the cancelled out: a
-- withdrawn arrest is none, a beneficiary entered twice is one. A decision stands while the model and the evidence are those
-- that the reviewer saw, and then outranks the model: what was rejected is in neither band
create view report.lead as
with best as (
    select distinct on (subject.subject_id, petitioner.receipt_number)
        subject.subject_id,
        petitioner.receipt_number,
        pair.pair_id,
        pair.band,
        pair.weight,
        pair.alias_version_id is not null as is_by_alias,
        pair.model_version,
        pair.found_at
    from match.pair
    inner join latest.model using (model_version)
    inner join record.tecs_subject as subject on subject.version_id = pair.subject_version_id
    inner join record.uscis_petitioner as petitioner on petitioner.version_id = pair.petitioner_version_id
    left join record.tecs_alias as alias on alias.version_id = pair.alias_version_id
    where
        greatest(subject.updated_at, alias.updated_at, petitioner.updated_at) <= access.source_at()
        and greatest(subject.loaded_at, alias.loaded_at, petitioner.loaded_at, pair.found_at) <= access.known_at()
    order by
        subject.subject_id asc, petitioner.receipt_number asc, pair.weight desc, subject.updated_at desc,
        petitioner.updated_at desc, pair.alias_version_id asc nulls first
),

decided as (
    select
        decision.subject_id,
        decision.receipt_number,
        decision.outcome,
        decision.decided_at,
        case
            when decision.model_version <> best.model_version then 'model'
            when
                decision.evidence_hash <> (
                    select shown.evidence_hash from latest.evidence_hash as shown
                    where shown.pair_id = best.pair_id
                )
                then 'evidence'
        end as reopened_by
    from best
    inner join latest.decision as decision using (subject_id, receipt_number)
),

beneficiaries as (
    select
        receipt_number,
        count(*) as beneficiary_count
    from latest.uscis_beneficiary
    where record_state is distinct from 'cancelled'
    group by receipt_number
),

arrests as (
    select
        subject_id,
        count(*) as arrest_count,
        bool_or(disposition = 'convicted') as has_trafficking_conviction
    from latest.tecs_arrest
    where record_state is distinct from 'cancelled'
    group by subject_id
)

select
    best.subject_id,
    best.receipt_number,
    case
        when decided.reopened_by is null and decided.outcome = 'reject' then 'rejected'
        when decided.reopened_by is null and decided.outcome = 'accept' then 'lead'
        else best.band
    end as band,
    best.weight,
    best.is_by_alias,
    petition.form,
    petition.visa_class,
    petition.petitioner_kind,
    petition.status as petition_status,
    petition.received_on,
    screened.first_investigated_on,
    petition.received_on >= screened.first_investigated_on as is_after_investigation,
    coalesce(beneficiaries.beneficiary_count, 0) as beneficiary_count,
    coalesce(arrests.arrest_count, 0) as arrest_count,
    coalesce(arrests.has_trafficking_conviction, false) as has_trafficking_conviction,
    entity.entity,
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
    decided.outcome as decision,
    decided.decided_at,
    decided.reopened_by is not null as is_reopened,
    decided.reopened_by,
    'SIMULATED // CUI//SP-PRVCY/IVIC/INV//FED ONLY' as marking,
    'A lead is a resemblance of records: no finding about a person, no ground for action before a person verified it.'
        as caveat
from best
inner join latest.screened_subject as screened using (subject_id)
left join latest.uscis_petition as petition using (receipt_number)
left join beneficiaries using (receipt_number)
left join arrests using (subject_id)
left join decided using (subject_id, receipt_number)
left join match.entity as entity on entity.member = 'tecs_subjects:' || best.subject_id;
