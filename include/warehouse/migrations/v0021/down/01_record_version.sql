do $$
declare
    held record;
begin
    for held in
        select
            version_table.relname as name,
            string_agg(quote_ident(attribute.attname), ', ' order by part.place) as identity
        from pg_index as version_index
        inner join pg_class as version_table on version_table.oid = version_index.indrelid
        cross join unnest(version_index.indkey::smallint []) with ordinality as part (number, place)
        inner join pg_attribute as attribute
            on attribute.attrelid = version_index.indrelid and attribute.attnum = part.number
        where
            version_table.relnamespace = 'record'::regnamespace
            and version_index.indexrelid = to_regclass(format('record.%I', version_table.relname || '_version'))
            and part.place <= version_index.indnkeyatts
            and attribute.attname <> 'updated_at'
        group by version_table.relname
    loop
        execute format('drop index record.%I', held.name || '_version');
        execute format('alter table record.%I add unique (%s)', held.name, held.identity);
    end loop;
end
$$;
