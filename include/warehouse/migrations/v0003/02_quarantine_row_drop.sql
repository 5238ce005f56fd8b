drop table quarantine.row;
