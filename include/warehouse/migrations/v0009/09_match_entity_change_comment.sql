comment on table match.entity_change is
'Every change of the entity that a record belongs to, with its reason; the last one of each record is in match.entity.';
