truncate found, found_evidence;
