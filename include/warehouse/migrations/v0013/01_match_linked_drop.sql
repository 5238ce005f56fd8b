drop table match.linked;
