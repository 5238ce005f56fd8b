comment on table match.link is
'Two records of one system that may be one person; match.pair has those across the systems.';
