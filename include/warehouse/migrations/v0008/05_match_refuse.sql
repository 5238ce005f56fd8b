create function match.refuse() returns trigger language plpgsql as $$
begin
    raise exception 'match.decision is append-only';
end
$$;
