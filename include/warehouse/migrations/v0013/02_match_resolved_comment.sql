comment on table match.resolved is
'Loads that the entities take into account, under the model of the entities: their subjects are linked, their pairs joined.';
