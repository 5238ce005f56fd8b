alter table match.pair
drop constraint pair_band_check,
add constraint pair_band_check check (band in ('lead', 'review'));
