-- of the SHA-256 of a version's content the first 16 bytes are kept, as a `uuid` holds them: half of what a version and its entry
-- in the index cost was the hash, in digits. The order of the versions of one update time stays as it is. Each table is rewritten
do $$
declare
    version_table text;
begin
    for version_table in select tablename from pg_tables where schemaname = 'record' loop
        execute format(
            'alter table record.%I alter content_hash type uuid using left(content_hash, 32)::uuid', version_table
        );
    end loop;
end
$$;
