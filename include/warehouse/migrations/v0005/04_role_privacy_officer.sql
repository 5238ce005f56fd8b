-- reads the audit trail, and nobody's data
do $$
begin
    create role privacy_officer nologin;
exception
    when duplicate_object or unique_violation then null; -- roles belong to the whole server; another database made it
end
$$;
