create table ops.turn (
    what text primary key -- `match`, or a dataset that is loaded
);
