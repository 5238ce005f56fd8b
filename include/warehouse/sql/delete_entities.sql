delete from match.entity;
