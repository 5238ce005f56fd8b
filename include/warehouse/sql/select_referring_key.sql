-- the reference is a part of the record's own key: the indexes of both tables, beside each other, answer for all records
select
    concat_ws('/', {key}) as record_key,
    record.{column} as other_key,
    other.{other_key} is null as is_missing
from latest.{table} as record
left join latest.{other} as other on other.{other_key} = record.{column}
