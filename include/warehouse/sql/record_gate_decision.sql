insert into ops.gate_decision (run_id, dataset, outcome, decided_by, reason, shown, held_at)
values (%(run_id)s, %(dataset)s, %(outcome)s, %(decided_by)s, %(reason)s, %(shown)s, %(held_at)s);
