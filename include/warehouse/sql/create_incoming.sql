create temporary table incoming on commit drop as
select {columns} from {table}
with no data;
