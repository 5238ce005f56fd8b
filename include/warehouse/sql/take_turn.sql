-- The lock of the row is held until the transaction ends. By the right to write: an advisory lock anybody may hold who may log in.
insert into ops.turn (what) values (%(what)s)
on conflict (what) do update set what = excluded.what;
