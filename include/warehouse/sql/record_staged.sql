insert into ops.account (run_id, dataset, received, duplicate, quarantined, accepted)
values (%(run_id)s, %(dataset)s, %(received)s, %(duplicate)s, %(quarantined)s, %(accepted)s)
on conflict (run_id, dataset) do update set
    received = excluded.received,
    duplicate = excluded.duplicate,
    quarantined = excluded.quarantined,
    accepted = excluded.accepted,
    loaded = null,
    already_held = null;
