comment on table match.resolved_decision is
'Decisions that the entities take into account, those that do not stand among them.';
