copy found_evidence (
    subject_version_id, alias_version_id, petitioner_version_id, comparison, persona_value, petitioner_value, level, weight
) from stdin with (format csv);
