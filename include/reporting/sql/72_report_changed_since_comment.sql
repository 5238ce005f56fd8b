comment on function report.changed_since is
'Leads that appeared, went or moved (band or weight) since a run matched, and why: a decision; another model, to which then
all else is put down; a new version of a record; what the subject''s group weighs (report.group_weight); an investigation that the subject entered
or left.';
