select
    updated_on,
    row_count,
    non_blank
from ops.day_total
where dataset = %(dataset)s and updated_on = any(%(days)s);
