copy match.entity (member, entity) from stdin with (format csv);
