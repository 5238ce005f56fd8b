alter table match.group_pair
add column left_at timestamptz, -- none: it is so
drop constraint group_pair_pkey,
add primary key (subject_id, receipt_number, found_at);
