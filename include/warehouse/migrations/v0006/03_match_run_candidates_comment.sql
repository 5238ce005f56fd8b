comment on column match.run.candidates is
'Pairs that each blocking rule made, before those that several rules made were counted once.';
