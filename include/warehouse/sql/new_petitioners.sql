-- `+ 0`: the block range index is to find where the frontier begins, not each of its loads; asked for thousands of them, as
-- under a new model, it takes gigabytes
select version_id
from record.uscis_petitioner
where load_id >= %(first)s and load_id + 0 = any(%(frontier)s::bigint [])
order by version_id
