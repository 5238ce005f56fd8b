select
    {dataset} as dataset,
    {column_name} as column_name,
    {other_dataset} as refers_to,
    count(record.{column}) as record_count,
    count(record.{column}) filter (where other.{other_key} is null) as orphan_count
from latest.{table} as record
left join latest.{other} as other on other.{other_key} = record.{column}
