-- ordered: two loads of the same days at once must not wait for each other crosswise
insert into ops.day_total (dataset, updated_on, row_count, non_blank, run_id)
select
    %(dataset)s, total.updated_on, total.row_count, total.non_blank, %(run_id)s
from unnest(%(days)s::date [], %(rows)s::bigint [], %(non_blank)s::jsonb []) as total (updated_on, row_count, non_blank)
order by total.updated_on
on conflict (dataset, updated_on) do update set
    row_count = excluded.row_count,
    non_blank = excluded.non_blank,
    run_id = excluded.run_id;
