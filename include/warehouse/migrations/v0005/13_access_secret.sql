create table access.secret (
    key text not null default gen_random_uuid()::text || gen_random_uuid()::text,
    is_only boolean primary key default true check (is_only)
);
