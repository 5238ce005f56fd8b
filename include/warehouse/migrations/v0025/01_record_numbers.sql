-- the number of a version is indexed where a match or a key refers to it; of other versions nobody asks by their number, and
-- to keep that index was a quarter of what PostgreSQL does to load them. That no number comes twice rests on the sequence:
-- the column is `generated always`, and the pipeline's login may not give it a value (access/grants.sql)
do $$
declare
    held record;
begin
    for held in
        select version_table.relname as name, promise.conname as promise
        from pg_constraint as promise
        inner join pg_class as version_table on version_table.oid = promise.conrelid
        where
            promise.connamespace = 'record'::regnamespace and promise.contype = 'p'
            and not exists (select from pg_constraint as reference where reference.confrelid = promise.conrelid)
    loop
        execute format('alter table record.%I drop constraint %I', held.name, held.promise);
    end loop;
end
$$;
