drop table match.group_pair;
