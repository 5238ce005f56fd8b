-- Whether the moment at which a session looks is coarse enough for protected records: a row that comes between two moments a
-- second apart is that of whatever changed in this second, pseudonym or not. An error, not false: no row would be an answer, too.
-- Its search path is fixed: types of a reader's own, in pg_temp, are found first
create function access.is_coarse_moment() returns boolean
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
    setting text;
    year_begin timestamp;
begin
    foreach setting in array array['crosscheck.source_at', 'crosscheck.known_at'] loop
        year_begin := nullif(current_setting(setting, true), '')::timestamptz at time zone 'UTC' - interval '9 months';
        if isfinite(year_begin) and year_begin <> date_trunc('year', year_begin) then
            raise exception 'setting [%] is at [%], which is none for protected records: what differs between two moments of one '
                'fiscal year tells who applied; set it to a 1 October, 00:00 UTC, or to nothing',
                setting, current_setting(setting)
                using errcode = 'insufficient_privilege';
        end if;
    end loop;
    return true;
end
$$;
