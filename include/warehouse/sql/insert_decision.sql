insert into match.decision (
    subject_id, receipt_number, outcome, reason, decided_by, decided_at, band, weight, model_version, evidence_hash,
    group_band, group_weight, audit_number
)
values (
    %(subject_id)s, %(receipt_number)s, %(outcome)s, %(reason)s, %(decided_by)s, %(decided_at)s, %(band)s, %(weight)s,
    %(model_version)s, %(evidence_hash)s, %(group_band)s, %(group_weight)s, %(audit_number)s
);
