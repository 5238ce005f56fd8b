comment on table match.linked is
'Loads whose subjects were compared with all subjects, under a model version.';
