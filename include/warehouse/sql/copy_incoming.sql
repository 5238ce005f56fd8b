copy incoming ({columns}) from stdin with (format csv);
