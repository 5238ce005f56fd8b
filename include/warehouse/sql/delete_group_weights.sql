delete from match.group_weight;
