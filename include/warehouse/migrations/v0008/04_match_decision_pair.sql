create index decision_pair on match.decision (subject_id, receipt_number, decision_id);
