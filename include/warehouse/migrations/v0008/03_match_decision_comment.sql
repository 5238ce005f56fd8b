comment on table match.decision is
'What reviewers decided on a subject and a petition: append-only, the last one counts; each names its entry in the audit trail.';
