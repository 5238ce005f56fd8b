drop table match.subsumed_subject;
