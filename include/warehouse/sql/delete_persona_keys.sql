delete from match.persona_key
where model_id <> %(model_id)s;
