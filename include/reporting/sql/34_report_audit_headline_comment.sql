comment on view report.audit_headline is
'The questions of OIG-16-17, asked of what is loaded, in people: records of one person count once. value: leads. lower: leads
that nothing contradicts; of subjects, with all doubtful records joined. upper: with what is for review, and each refused
row about an arrest one more; of subjects, every record another person. Of petitions received from
crosscheck.received_from until before crosscheck.received_to, as known at crosscheck.known_at: the function of the same
name sets all three. Drill down: report.subject, report.subject_route, report.lead. Caveat: leads, not findings.';
