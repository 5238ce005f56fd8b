select
    {dataset} as dataset,
    {column_name} as column_name,
    {other_dataset} as refers_to,
    referring.record_key,
    referring.other_key as missing_key
from ({referring}) as referring
where referring.other_key is not null and referring.is_missing
