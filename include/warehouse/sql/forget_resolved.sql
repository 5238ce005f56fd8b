-- entities are those of one model: should another one come back, it resolves everything anew
delete from match.resolved
where model_version <> %(model_version)s;
