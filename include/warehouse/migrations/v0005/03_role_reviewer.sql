-- an investigator who decides
do $$
begin
    create role reviewer nologin;
exception
    when duplicate_object or unique_violation then null; -- roles belong to the whole server; another database made it
end
$$;
