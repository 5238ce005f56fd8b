create temporary table incoming on commit drop as
select {identity}, 0::bigint as position from {table}
with no data;
