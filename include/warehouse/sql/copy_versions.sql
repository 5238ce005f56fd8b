copy {table} ({columns}, load_id) from stdin with (format binary);
