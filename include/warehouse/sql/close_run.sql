update ops.run
set state = %(state)s, reasons = %(reasons)s, closed_at = clock_timestamp()
where run_id = %(run_id)s;
