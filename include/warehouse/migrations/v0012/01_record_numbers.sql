-- a session draws a thousand numbers of versions at a time: drawn one by one they were a sixth of what loading costs
-- (docs/performance.md). A session that ends leaves a gap; nothing counts on numbers without gaps
do $$
declare
    version_table text;
begin
    for version_table in select tablename from pg_tables where schemaname = 'record' loop
        execute format('alter table record.%I alter version_id set cache 1000', version_table);
    end loop;
end
$$;
