delete from match.petitioner_key
where model_id <> %(model_id)s;
