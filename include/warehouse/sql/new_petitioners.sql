select version_id
from record.uscis_petitioner
where load_id = any(%(frontier)s)
order by version_id
