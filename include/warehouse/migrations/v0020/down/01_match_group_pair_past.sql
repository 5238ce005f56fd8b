delete from match.group_pair
where left_at is not null;
