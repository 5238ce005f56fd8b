insert into ops.gate (run_id, dataset, decision, reasons)
values (%(run_id)s, %(dataset)s, %(decision)s, %(reasons)s)
on conflict (run_id, dataset) do update set
    decision = excluded.decision,
    reasons = excluded.reasons,
    decided_at = clock_timestamp();
