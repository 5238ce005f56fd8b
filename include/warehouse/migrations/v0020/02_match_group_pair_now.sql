create unique index group_pair_now on match.group_pair (subject_id, receipt_number) where left_at is null;
