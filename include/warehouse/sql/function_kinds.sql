-- functions that count, and our own that read no record
select
    function.oid::bigint as oid,
    case when namespace.nspname = 'pg_catalog' then 'count' else 'ours' end as kind
from pg_proc as function
inner join pg_namespace as namespace on namespace.oid = function.pronamespace
where
    (namespace.nspname = 'pg_catalog' and function.proname in ('count', 'row_number', 'rank', 'dense_rank'))
    or namespace.nspname = 'access';
