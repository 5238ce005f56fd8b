-- older code knows a version by all 32 bytes, in digits. They follow from what is held of it: each column that has a value as
-- `name=length:value,`, in the order of their names (include/quality/hashing.py). A version of which they do not follow (an
-- earlier way down took a column away) has the half alone: delivered again, older code keeps it once more
do $$
declare
    held record;
begin
    for held in
        select
            version_table.relname as name,
            format(
                'encode(sha256(convert_to(concat(%s), ''UTF8'')), ''hex'')',
                string_agg(
                    format('%L || octet_length(%2$s) || '':'' || %2$s || '',''', attribute.attname || '=', plain.value),
                    ', ' order by attribute.attname collate "C"
                )
            ) as digits
        from pg_class as version_table
        inner join pg_attribute as attribute on attribute.attrelid = version_table.oid
        cross join lateral (
            select
                format(
                    case attribute.atttypid
                        when 'date'::regtype then '(%I - date ''1970-01-01'')::text'
                        when 'timestamptz'::regtype then '(extract(epoch from %I) * 1000000)::bigint::text'
                        else '%I::text'
                    end,
                    attribute.attname
                ) as value
        ) as plain
        where
            version_table.relnamespace = 'record'::regnamespace and version_table.relkind = 'r'
            and attribute.attnum > 0 and not attribute.attisdropped
            and attribute.attname not in (
                'version_id', 'content_hash', 'breaches', 'source_attempt', 'source_part', 'source_row', 'load_id', 'loaded_at'
            )
        group by version_table.relname
    loop
        execute format(
            'alter table record.%I alter content_hash type text using '
            'case when starts_with(%2$s, %3$s) then %2$s else %3$s end',
            held.name, held.digits, 'replace(content_hash::text, ''-'', '''')'
        );
    end loop;
end
$$;
