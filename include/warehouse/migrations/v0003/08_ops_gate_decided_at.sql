alter table ops.gate add column decided_at timestamptz not null default clock_timestamp();
