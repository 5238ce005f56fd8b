select
    {dataset} as dataset,
    {column_name} as column_name,
    {other_dataset} as refers_to,
    concat_ws('/', {key}) as record_key,
    record.{column} as missing_key
from latest.{table} as record
where
    record.{column} is not null
    and not exists (select from latest.{other} as other where other.{other_key} = record.{column})
