select
    attribute.attrelid::bigint as relation,
    namespace.nspname as schema_name,
    relation.relname as relation_name,
    case when attribute.attisdropped then '' else attribute.attname end as column_name,
    format_type(attribute.atttypid, attribute.atttypmod) as data_type
from pg_attribute as attribute
inner join pg_class as relation on relation.oid = attribute.attrelid
inner join pg_namespace as namespace on namespace.oid = relation.relnamespace
where
    attribute.attnum > 0
    and relation.relkind in ('r', 'p', 'v', 'm')
    and namespace.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
order by attribute.attrelid, attribute.attnum;
