-- of each subject and petition that the model found alike the best pair of versions that speak, and the last decision on them. A
-- decision stands (reopened_by is null) while the model, the evidence and what the subject's group makes of the pair are those
-- that the reviewer saw; resolving, too, goes by the decisions that stand
create view latest.judged_pair as
with best as (
    select distinct on (subject_id, receipt_number)
        subject_id,
        receipt_number,
        pair_id,
        band,
        weight,
        alias_version_id is not null as is_by_alias,
        model_version,
        found_at
    from latest.pair
    where model_version = (select model.model_version from latest.model) -- joined, the planner expects no pair
    order by
        subject_id asc, receipt_number asc, weight desc, subject_updated_at desc, petitioner_updated_at desc,
        alias_version_id asc nulls first
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
