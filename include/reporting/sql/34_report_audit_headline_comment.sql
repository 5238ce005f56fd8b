comment on view report.audit_headline is
'The questions of OIG-16-17, asked of what is loaded, in people: records of one person count once. value: leads. Lines that ask
for leads: lower and upper are the 0.5 % and 99.5 % quantiles of the number of people of whom a petition is really theirs, each
right or not by himself with the probability of his likeliest petition (report.subject_route; people on petitions: those of one
person are right together). The model may be wrong in all of them at once: lower halves each odds, upper doubles them. A link
that was cut is in upper only; so are those who are not even for review: the share of refused rows (of subjects, their part in
cases, cases, petitions and petitioners, and of arrests where the line asks for them, added up) and the 1 % of matches that a model
leaves below review. Who is arrested is screened, whatever is held of a case: those lines do not count refused rows of cases and
of parts in them, and line 33 says of how many nothing is held. Never narrower than value. Of subjects, lower: all doubtful
records joined; upper: every record another person, and of convicted ones each refused row about an arrest one more. Of
petitions received from crosscheck.received_from until before crosscheck.received_to, as known at crosscheck.known_at: the
function of the same name sets all three. Drill down: report.subject, report.subject_route, report.lead. Caveat: leads, not
findings.';
