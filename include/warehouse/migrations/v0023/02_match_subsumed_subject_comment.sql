comment on table match.subsumed_subject is
'A version of a subject, and the first later one that says all it says and perhaps more, as it was known at found_at: while both are
known, pairs of the first have no say.';
