create index recent_petitioner_key_key on match.recent_petitioner_key (key, model_id);
