select
    rule.ev_class::bigint as relation,
    rule.ev_action::text as tree
from pg_rewrite as rule
inner join pg_class as relation on relation.oid = rule.ev_class
inner join pg_namespace as namespace on namespace.oid = relation.relnamespace
where
    rule.rulename = '_RETURN'
    and namespace.nspname not in ('pg_catalog', 'information_schema');
