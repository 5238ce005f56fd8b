insert into ops.attempt_yield (
    dataset, interval_start, interval_end, attempt, field, present, missing, placeholder, invalid, new, held, versions
)
values (
    %(dataset)s, %(interval_start)s, %(interval_end)s, %(attempt)s, %(field)s, %(present)s, %(missing)s,
    %(placeholder)s, %(invalid)s, %(new)s, %(held)s, %(versions)s
)
on conflict (dataset, interval_start, interval_end, attempt, field) do nothing;
