create index petitioner_key_key on match.petitioner_key (key, model_id);
