select max(run_id) as run_id
from ops.run
where external_id = %(external_id)s;
