copy match.cut (left_member, right_member, weight, reason) from stdin with (format csv);
