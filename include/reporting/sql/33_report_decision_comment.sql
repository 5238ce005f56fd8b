comment on view report.decision is
'Every decision of a reviewer on a subject and a petition, with what was seen: band and weight of the pair, the model, and the
band that the subject''s group brought it into by its own weight (group_band, group_weight; none if it did not). state: stands;
replaced by a later one; reopened by another model, other evidence, or a group that brings the pair into another band or
weighs ten times more or less (3.3 bits); no pair now (the model of today finds none, or nobody investigates the subject). Drill down: report.lead and report.evidence by subject_id and receipt_number;
audit_number is the entry in the audit trail. Caveat: what a person thought of a resemblance, no finding of a court.';
