select {columns}, load_id from {table} limit 0;
