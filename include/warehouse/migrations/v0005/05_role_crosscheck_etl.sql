-- the pipeline's login; migrations give it its password
do $$
begin
    create role crosscheck_etl nologin;
exception
    when duplicate_object or unique_violation then null; -- roles belong to the whole server; another database made it
end
$$;
