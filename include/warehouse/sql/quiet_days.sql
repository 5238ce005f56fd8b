select
    count(*) as days,
    count(*) filter (where row_count = 0) as quiet
from ops.day_total
where dataset = %(dataset)s and updated_on < %(before)s;
