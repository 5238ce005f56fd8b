drop table match.recent_petitioner_key;
