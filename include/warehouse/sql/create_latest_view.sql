-- of each source record the version with the latest source update, at the two moments that a session may set
create view latest.{table} as
select distinct on ({key}) *
from record.{table}
where updated_at <= access.source_at() and loaded_at <= access.known_at()
order by {key}, updated_at desc, content_hash desc;
