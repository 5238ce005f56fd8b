alter table match.decision
add column group_band text check (group_band in ('lead', 'review')), -- none: no group lifted the pair
add column group_weight double precision not null default 0; -- bits
