copy match.recent_petitioner_key (model_id, key, petitioner_version_id) from stdin with (format csv);
