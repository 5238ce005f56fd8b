delete from match.recent_petitioner_key
where model_id <> %(model_id)s;
