comment on table match.resolved is
'Loads whose pairs the entities take into account, under a model version: where no other was compared, resolving is done.';
