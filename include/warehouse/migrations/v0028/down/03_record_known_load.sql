-- a version names a load that exists: asked once a statement, of the loads it names; a foreign key asks for each row, and
-- that was two fifths of what loading costs (docs/performance.md)
create or replace function record.refuse_unknown_load() returns trigger language plpgsql as $$
begin
    if exists (
        select from (select distinct load_id from fresh) as named
        where not exists (select from ops.load where load.load_id = named.load_id)
    ) then
        raise foreign_key_violation using
            message = 'a version names a load that does not exist',
            schema = tg_table_schema, table = tg_table_name, constraint = 'known_load';
    end if;
    return null;
end
$$;
