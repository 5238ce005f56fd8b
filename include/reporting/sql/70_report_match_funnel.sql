create view report.match_funnel as
with records as ( -- of both sides; the line without a route says who has any
    select
        run_id,
        sum(record_count) as row_count,
        sum(with_route) as matchable_count
    from report.matchability
    where route is null
    group by run_id
),

candidates as (
    select
        run.run_id,
        sum(rule.pairs::bigint) as candidate_count
    from match.run
    cross join jsonb_each_text(run.candidates) as rule (name, pairs)
    group by run.run_id
),

decided as (
    select
        found.run_id,
        count(decision.outcome) as decided_count,
        count(*) filter (where decision.outcome = 'accept') as accepted_count,
        count(*) filter (where decision.outcome = 'reject') as rejected_count
    from (
        select
            pair.run_id,
            subject.subject_id,
            petitioner.receipt_number
        from match.pair
        inner join record.tecs_subject as subject on subject.version_id = pair.subject_version_id
        inner join record.uscis_petitioner as petitioner on petitioner.version_id = pair.petitioner_version_id
        group by pair.run_id, subject.subject_id, petitioner.receipt_number
    ) as found
    inner join latest.decision as decision using (subject_id, receipt_number)
    group by found.run_id
)

select
    run.run_id,
    books.interval_start,
    books.interval_end,
    run.model_version,
    run.matched_at,
    records.row_count::bigint as row_count,
    records.matchable_count::bigint as matchable_count,
    coalesce(candidates.candidate_count, 0)::bigint as candidate_count,
    run.compared as compared_count,
    found.review as review_count,
    found.leads as lead_count,
    coalesce(decided.decided_count, 0) as decided_count,
    coalesce(decided.accepted_count, 0) as accepted_count,
    coalesce(decided.rejected_count, 0) as rejected_count
from match.run
inner join ops.run as books using (run_id)
inner join report.run_found as found using (run_id)
left join records using (run_id)
left join candidates using (run_id)
left join decided using (run_id);
