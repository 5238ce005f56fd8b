-- what was compared before there were keys would not be found by them: the next run compares everything once more
delete from match.consumed;
