-- source time is `updated_at`; load time is when the transaction began that brought the version
do $$
declare
    version_table regclass;
begin
    for version_table in select format('record.%I', tablename) from pg_tables where schemaname = 'record' loop
        execute format('alter table %s add column loaded_at timestamptz', version_table);
        execute format(
            'update %s as held set loaded_at = load.loaded_at from ops.load where load.load_id = held.load_id',
            version_table
        );
        execute format(
            'alter table %s alter column loaded_at set not null, alter column loaded_at set default now()', version_table
        );
    end loop;
end
$$;
