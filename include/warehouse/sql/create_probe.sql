create temporary table probe on commit drop as
select {identity}, 0::bigint as position from {table}
with no data;
