drop table match.group_weight;
