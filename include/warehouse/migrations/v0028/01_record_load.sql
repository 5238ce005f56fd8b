-- the loads of versions are indexed where matching asks for those of a load: of what matches refer to. Of other versions nobody
-- asks which load brought them, and to keep that index was a tenth of what PostgreSQL does to load them
do $$
declare
    held record;
begin
    for held in
        select version_table.relname as name
        from pg_class as version_table
        where
            version_table.relnamespace = 'record'::regnamespace and version_table.relkind = 'r'
            and not exists (select from pg_constraint as reference where reference.confrelid = version_table.oid)
    loop
        execute format('drop index record.%I', held.name || '_load');
    end loop;
end
$$;
