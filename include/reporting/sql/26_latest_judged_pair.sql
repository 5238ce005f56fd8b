-- of each subject and petition that the model found alike the best pair of versions, and the last decision on them. A
-- decision stands (reopened_by is null) while the model, the evidence and what the subject's group makes of the pair are those
-- that the reviewer saw; resolving, too, goes by the decisions that stand
create view latest.judged_pair as
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
    inner join record.tecs_subject as subject on subject.version_id = pair.subject_version_id
    inner join record.uscis_petitioner as petitioner on petitioner.version_id = pair.petitioner_version_id
    left join record.tecs_alias as alias on alias.version_id = pair.alias_version_id
    where
        pair.model_version = (select model.model_version from latest.model) -- joined, the planner expects no pair
        and greatest(subject.updated_at, alias.updated_at, petitioner.updated_at) <= access.source_at()
        and greatest(subject.loaded_at, alias.loaded_at, petitioner.loaded_at, pair.found_at) <= access.known_at()
    order by
        subject.subject_id asc, petitioner.receipt_number asc, pair.weight desc, subject.updated_at desc,
        petitioner.updated_at desc, pair.alias_version_id asc nulls first
)

select
    best.*,
    grouped.band as group_band,
    coalesce(grouped.group_weight, 0) as group_weight,
    decision.outcome as decision,
    decision.decided_at,
    case
        when decision.model_version <> best.model_version then 'model'
        when
            decision.evidence_hash <> (
                select shown.evidence_hash from latest.evidence_hash as shown
                where shown.pair_id = best.pair_id
            )
            then 'evidence'
        when
            decision.group_band is distinct from grouped.band
            -- the weight moves a little with each night's counts; evidence of ten to one is strong (Jeffreys 1961): 3.3 bits
            or abs(decision.group_weight - grouped.group_weight) >= 3.3
            then 'group'
    end as reopened_by
from best
left join latest.decision as decision using (subject_id, receipt_number)
left join match.group_pair as grouped
    on
        grouped.subject_id = best.subject_id
        and grouped.receipt_number = best.receipt_number
        and grouped.model_version = best.model_version
        and grouped.found_at <= access.known_at()
        and (grouped.left_at > access.known_at()) is not false
where best.band <> 'no' or grouped.band is not null or decision.outcome is not null;
