insert into match.group_pair (subject_id, receipt_number, model_version, band, group_weight, run_id)
select
    found.subject_id,
    found.receipt_number,
    %(model_version)s,
    found.band,
    found.group_weight,
    %(run_id)s
from unnest(%(subjects)s::text [], %(receipts)s::text [], %(bands)s::text [], %(weights)s::double precision [])
    as found (subject_id, receipt_number, band, group_weight)
where
    not exists (
        select from match.group_pair as held
        where
            held.subject_id = found.subject_id
            and held.receipt_number = found.receipt_number
            and held.left_at is null
    );
