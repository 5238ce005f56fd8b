select
    {dataset} as dataset,
    {column_name} as column_name,
    {other_dataset} as refers_to,
    count(referring.other_key) as record_count,
    count(referring.other_key) filter (where referring.is_missing) as orphan_count
from ({referring}) as referring
