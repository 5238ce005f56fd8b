-- the loads of all versions are indexed
do $$
declare
    held record;
begin
    for held in
        select version_table.relname as name
        from pg_class as version_table
        where
            version_table.relnamespace = 'record'::regnamespace and version_table.relkind = 'r'
            and to_regclass(format('record.%I', version_table.relname || '_load')) is null
    loop
        execute format('create index %I on record.%I using brin (load_id)', held.name || '_load', held.name);
    end loop;
end
$$;
