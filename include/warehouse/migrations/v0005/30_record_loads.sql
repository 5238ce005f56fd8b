-- versions lie in the order of their loads: a block range index finds those of a load, and costs next to nothing to keep
do $$
declare
    name text;
begin
    for name in select tablename from pg_tables where schemaname = 'record' loop
        execute format('alter table record.%I drop constraint %I', name, name || '_load_id_fkey');
        execute format(
            'create trigger known_load after insert on record.%I referencing new table as fresh '
            'for each statement execute function record.refuse_unknown_load()', name
        );
        execute format('drop index record.%I', name || '_load');
        execute format('create index %I on record.%I using brin (load_id)', name || '_load', name);
    end loop;
end
$$;
