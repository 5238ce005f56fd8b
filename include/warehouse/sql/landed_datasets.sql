select distinct dataset
from ops.attempt
where run_id = %(run_id)s and state in ('landed', 'incomplete');
