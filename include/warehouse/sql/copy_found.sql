copy found (left_id, subject_version_id, alias_version_id, petitioner_version_id, weight, band) from stdin with (format csv);
