-- ordered: two nights that insert the same versions at once must not wait for each other crosswise
insert into {table} ({columns}, load_id)
select {columns}, %(load_id)s
from incoming
order by {identity}
on conflict ({identity}) do nothing;
