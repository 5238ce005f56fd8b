comment on view report.audit_headline is
'The questions of OIG-16-17, asked of what is loaded, in people: records of one person count once. value: leads. lower: leads
that nothing contradicts; of subjects, with all doubtful records joined. upper: with what is for review, each refused
row about an arrest one more, and, in lines that ask for leads, who is likely not to be found at all: of the people counted the
share of refused rows (of subjects, their part in cases, cases, petitions and petitioners, added up) and the 1 % of matches that a
model leaves below review, and twice the standard deviation of that number; of subjects, every record another person. No bound
is a confidence interval. Of petitions received from
crosscheck.received_from until before crosscheck.received_to, as known at crosscheck.known_at: the function of the same
name sets all three. Drill down: report.subject, report.subject_route, report.lead. Caveat: leads, not findings.';
