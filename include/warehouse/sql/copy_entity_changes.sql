copy match.entity_change (run_id, member, entity_before, entity_after, reason) from stdin with (format csv);
