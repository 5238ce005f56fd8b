comment on view report.decision is
'Every decision of a reviewer on a subject and a petition, with the band, the weight and the model that were seen, and its
state: stands; replaced by a later one; reopened by another model or other evidence; no pair now (the model of today finds
none, or nobody investigates the subject). Drill down: report.lead and report.evidence by subject_id and receipt_number;
audit_number is the entry in the audit trail. Caveat: what a person thought of a resemblance, no finding of a court.';
