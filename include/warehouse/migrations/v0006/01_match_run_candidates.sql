alter table match.run add column candidates jsonb not null default '{}';
