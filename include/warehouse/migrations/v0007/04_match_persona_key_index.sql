create index persona_key_key on match.persona_key (key, model_id);
