copy probe ({identity}, position) from stdin with (format csv);
