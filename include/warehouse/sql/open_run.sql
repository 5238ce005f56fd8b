-- a caller that was killed before it learned the number of its run goes on with the run that it opened
with opened as (
    select run_id
    from ops.run
    where
        external_id = %(external_id)s and kind = %(kind)s
        and interval_start = %(start)s and interval_end = %(end)s and state = 'open'
    order by run_id desc
    limit 1
),

new as (
    insert into ops.run (external_id, kind, interval_start, interval_end)
    select %(external_id)s, %(kind)s, %(start)s, %(end)s
    where not exists (select from opened)
    returning run_id
)

select run_id from opened
union all
select run_id from new;
