-- a version names a load that exists: asked once a statement. The rows of a statement are nearly always of one load: others are
-- looked up if there are any, and none is gathered in a table of the loads that are named
create or replace function record.refuse_unknown_load() returns trigger language plpgsql as $$
declare
    one bigint := (select load_id from fresh limit 1);
begin
    if one is not null and (
        not exists (select from ops.load where load_id = one)
        or exists (
            select from fresh
            where load_id <> one and not exists (select from ops.load where load.load_id = fresh.load_id)
        )
    ) then
        raise foreign_key_violation using
            message = 'a version names a load that does not exist',
            schema = tg_table_schema, table = tg_table_name, constraint = 'known_load';
    end if;
    return null;
end
$$;
