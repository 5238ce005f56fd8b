drop table match.resolved_decision;
