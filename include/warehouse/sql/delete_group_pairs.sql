delete from match.group_pair
where
    not exists (
        select from unnest(%(subjects)s::text [], %(receipts)s::text []) as held (subject_id, receipt_number)
        where held.subject_id = group_pair.subject_id and held.receipt_number = group_pair.receipt_number
    );
