create function audit.refuse() returns trigger language plpgsql as $$
begin
    raise exception 'audit.access is append-only';
end
$$;
