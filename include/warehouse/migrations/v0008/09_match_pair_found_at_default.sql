-- when the transaction began that found the pair: with the model of then it is what was known then
alter table match.pair alter column found_at set default now(), alter column found_at set not null;
