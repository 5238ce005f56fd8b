-- the number of each version is indexed, whoever refers to it
do $$
declare
    held record;
begin
    for held in
        select version_table.relname as name
        from pg_class as version_table
        where
            version_table.relnamespace = 'record'::regnamespace and version_table.relkind = 'r'
            and not exists (
                select from pg_constraint as promise
                where promise.conrelid = version_table.oid and promise.contype = 'p'
            )
    loop
        execute format('alter table record.%I add primary key (version_id)', held.name);
    end loop;
end
$$;
