comment on view report.statement_route is
'PROTECTED: 8 U.S.C. 1367. The third route: the person under investigation at whom an application for T status points, by the
case of TECS that its Supplement B cites, a name, a telephone or an address in its statement or its fields. Band lead: two
clues or more agree, on this person more than on any other; review: one clue, which fits nobody else. No application leads
to two people. Drill down: report.subject by entity; the application is a pseudonym. Caveat: an allegation, as a machine
reads it, and no finding about a person; names are compared letter by letter, so most statements lead nowhere.';
