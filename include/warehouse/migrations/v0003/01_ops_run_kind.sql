alter table ops.run add column kind text not null default 'screening' check (kind in ('screening', 'replay'));
