-- what has not changed stays, with the time since when it is so
insert into match.group_pair (subject_id, receipt_number, model_version, band, group_weight, run_id)
select
    subject_id,
    receipt_number,
    %(model_version)s,
    band,
    group_weight,
    %(run_id)s
from unnest(%(subjects)s::text [], %(receipts)s::text [], %(bands)s::text [], %(weights)s::double precision [])
    as held (subject_id, receipt_number, band, group_weight)
on conflict (subject_id, receipt_number) do update set
    model_version = excluded.model_version,
    band = excluded.band,
    group_weight = excluded.group_weight,
    run_id = excluded.run_id,
    found_at = case when group_pair.band = excluded.band then group_pair.found_at else excluded.found_at end
where
    (group_pair.model_version, group_pair.band, group_pair.group_weight)
    <> (excluded.model_version, excluded.band, excluded.group_weight);
