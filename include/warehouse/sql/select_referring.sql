-- which records can refer to another is asked of all versions first: of the petitions hardly any amends one. What holds of those
-- is asked of the latest ones, each by the index (limit keeps it one; a subquery finds one, a join would read all)
select
    concat_ws('/', {key}) as record_key,
    record.{column} as other_key,
    (
        select other.{other_key} from latest.{other} as other
        where other.{other_key} = record.{column}
    ) is null as is_missing
from (select distinct {key} from record.{table} as record where record.{column} is not null) as held
cross join lateral (
    select * from latest.{table} as one
    where ({one_key}) = ({held_key})
    limit 1
) as record
