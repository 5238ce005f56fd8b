-- the index that keeps a version from being held twice has the versions of a record in the order in which the views of
-- `latest` ask for them: the update time is part of the content, so that the same versions are refused. With the load time
-- it answers by itself which records there are
do $$
declare
    held record;
begin
    for held in
        select
            version_table.relname as name,
            promise.conname as promise,
            string_agg(quote_ident(attribute.attname), ', ' order by part.place) as key
        from pg_constraint as promise
        inner join pg_class as version_table on version_table.oid = promise.conrelid
        cross join unnest(promise.conkey) with ordinality as part (number, place)
        inner join pg_attribute as attribute
            on attribute.attrelid = promise.conrelid and attribute.attnum = part.number
        where
            promise.connamespace = 'record'::regnamespace and promise.contype = 'u'
            and attribute.attname <> 'content_hash'
        group by version_table.relname, promise.conname
    loop
        execute format('alter table record.%I drop constraint %I', held.name, held.promise);
        execute format(
            'create unique index %I on record.%I (%s, updated_at desc, content_hash desc) include (loaded_at)',
            held.name || '_version', held.name, held.key
        );
    end loop;
end
$$;
