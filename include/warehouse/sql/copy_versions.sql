copy {target} ({columns}, load_id) from stdin with (format csv);
