delete from match.pair
where band = 'no';
