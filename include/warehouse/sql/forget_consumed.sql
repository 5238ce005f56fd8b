-- what a model has compared is of no use to another one; should it come back, it compares everything anew
delete from match.consumed
where model_version <> %(model_version)s;
