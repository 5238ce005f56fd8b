copy match.persona_key (model_id, key, subject_version_id, alias_version_id) from stdin with (format csv);
