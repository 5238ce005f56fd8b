comment on table ops.turn is
'What runs take turns at. A run has its turn while it holds the lock of a row; who may not write to this table can hold none.';
