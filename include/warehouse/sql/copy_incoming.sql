copy incoming ({identity}, position) from stdin with (format csv);
