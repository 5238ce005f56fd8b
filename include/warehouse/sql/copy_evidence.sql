copy match.evidence (pair_id, comparison, persona_value, petitioner_value, level, weight) from stdin with (format csv);
