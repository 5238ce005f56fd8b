-- reads reports: no names, identifiers masked, no fact under 8 U.S.C. 1367
do $$
begin
    create role analyst nologin;
exception
    when duplicate_object or unique_violation then null; -- roles belong to the whole server; another database made it
end
$$;
