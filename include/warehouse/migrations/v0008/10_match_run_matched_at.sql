alter table match.run add column matched_at timestamptz;
