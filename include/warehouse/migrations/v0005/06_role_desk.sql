-- the login of the pages: nothing of its own but the audit trail; it takes the role of whoever asks
do $$
begin
    create role desk nologin noinherit;
exception
    when duplicate_object or unique_violation then null; -- roles belong to the whole server; another database made it
end
$$;
