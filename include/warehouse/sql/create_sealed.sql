create temporary table sealed on commit drop as
select {columns}, load_id from {table}
with no data;
