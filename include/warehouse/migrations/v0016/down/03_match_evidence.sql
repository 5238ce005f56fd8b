delete from match.evidence
using match.pair
where evidence.pair_id = pair.pair_id and pair.band = 'no';
