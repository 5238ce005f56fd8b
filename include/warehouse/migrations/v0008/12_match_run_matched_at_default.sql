alter table match.run alter column matched_at set default now(), alter column matched_at set not null;
