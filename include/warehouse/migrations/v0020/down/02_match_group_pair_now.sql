drop index match.group_pair_now;
