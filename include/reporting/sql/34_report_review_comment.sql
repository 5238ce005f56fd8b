comment on view report.review is
'What a decision on a lead or a pair to review is tied to: model, weight, a hash of the evidence (report.evidence: both values
and the level of each comparison), what the group adds, whether a row of the subject''s case is held, and the last decision. Drill down: report.lead, report.evidence and report.decision by
subject_id and receipt_number. Caveat: a hash says that the evidence is the same, not that it is right.';
