-- what is no longer so, or not quite so, was so until now
update match.group_pair set left_at = now()
where
    left_at is null
    and not exists (
        select from unnest(%(subjects)s::text [], %(receipts)s::text [], %(bands)s::text [], %(weights)s::double precision [])
            as found (subject_id, receipt_number, band, group_weight)
        where
            (found.subject_id, found.receipt_number, found.band, found.group_weight, %(model_version)s)
            = (
                group_pair.subject_id, group_pair.receipt_number, group_pair.band, group_pair.group_weight,
                group_pair.model_version
            )
    );
