comment on view report.match_funnel is
'Each run from rows to decisions: accepted rows of both sides (TECS subjects, USCIS petitioners), those with a key to be found
by, candidate pairs that the blocking rules made (a pair that two rules made counts twice), pairs that were compared, then
subjects with a petition by band, and how many of those have been decided on since, whatever found them again. Drill down:
run_id; report.matchability, report.run_found, report.decision. Caveat: rows and pairs are versions, leads are records; a run
compares its rows with all that is loaded, so the steps do not divide.';
