-- a hold, what it would load, and since when the dataset has been held night after night
select
    run.run_id,
    run.external_id,
    run.interval_start,
    run.interval_end,
    gate.decision,
    gate.reasons,
    gate.decided_at,
    account.received,
    account.duplicate,
    account.quarantined,
    account.accepted,
    (
        select count(*) from ops.attempt
        where attempt.run_id = run.run_id and attempt.dataset = gate.dataset
    ) as attempt_count,
    held_nights.night_count,
    coalesce(held_nights.first_start, run.interval_start) as first_start,
    case when gate.decision in ('pass', 'warn') then run.run_id else cure.run_id end as cured_by
from ops.gate
inner join ops.run as run using (run_id)
left join ops.account as account using (run_id, dataset)
left join
    lateral ( -- a later decision for the same period, in another run, that lets the dataset flow on
        select other.run_id
        from ops.gate as later
        inner join ops.run as other using (run_id)
        where
            later.dataset = gate.dataset and later.decision in ('pass', 'warn') and later.decided_at > gate.decided_at
            and other.kind = 'screening'
            and other.interval_start <= run.interval_start and other.interval_end >= run.interval_end
        order by later.decided_at
        limit 1
    ) as cure
    on true
left join
    lateral ( -- nights up to this one that are held, with none between that was let through
        select
            count(distinct earlier.interval_start) as night_count,
            min(earlier.interval_start) as first_start
        from ops.gate as held
        inner join ops.run as earlier using (run_id)
        where
            held.dataset = gate.dataset and held.decision in ('hold', 'block')
            and earlier.kind = 'screening' and earlier.interval_start <= run.interval_start
            and earlier.interval_start > coalesce(
                (
                    select max(good.interval_start)
                    from ops.gate as through
                    inner join ops.run as good using (run_id)
                    where
                        through.dataset = gate.dataset and through.decision in ('pass', 'warn')
                        and good.kind = 'screening' and good.interval_start < run.interval_start
                ),
                '-infinity'
            )
    ) as held_nights
    on true
where gate.run_id = %(run_id)s and gate.dataset = %(dataset)s;
