comment on column match.pair.band is null;
