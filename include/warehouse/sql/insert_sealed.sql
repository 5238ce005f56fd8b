insert into {table} ({columns}, load_id)
select {columns}, load_id from sealed;
