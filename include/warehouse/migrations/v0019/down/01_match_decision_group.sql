alter table match.decision
drop column group_band,
drop column group_weight;
