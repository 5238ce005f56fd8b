drop table ops.turn;
