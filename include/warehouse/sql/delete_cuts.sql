delete from match.cut;
