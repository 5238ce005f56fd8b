comment on table match.model is 'model versions by a short number, for the keys';
