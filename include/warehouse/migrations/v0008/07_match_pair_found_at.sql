alter table match.pair add column found_at timestamptz;
