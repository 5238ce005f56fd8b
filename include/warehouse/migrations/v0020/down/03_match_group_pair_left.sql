alter table match.group_pair
drop constraint group_pair_pkey,
drop column left_at,
add primary key (subject_id, receipt_number);
