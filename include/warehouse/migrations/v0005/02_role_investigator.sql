-- reads leads with identity; protected facts under a pseudonymous key only
do $$
begin
    create role investigator nologin;
exception
    when duplicate_object or unique_violation then null; -- roles belong to the whole server; another database made it
end
$$;
