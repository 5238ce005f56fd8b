insert into audit.head (number, seal)
values (%(number)s, %(seal)s)
on conflict (is_only) do update set number = excluded.number, seal = excluded.seal;
