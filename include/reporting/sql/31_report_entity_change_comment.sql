comment on view report.entity_change is
'When a record came into another entity, and why: a new link; a contradiction, which splits; a link lost; another model. An
entity is named after its least record, so a name that is gone is found under entity_before. Drill down: member, a dataset
and a record number; report.run by run_id. Caveat: depends on the order in which nights were run; the present does not.';
