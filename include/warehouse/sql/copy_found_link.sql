copy found_link (left_version_id, right_version_id, weight, band) from stdin with (format csv);
