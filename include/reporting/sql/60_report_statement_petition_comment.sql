comment on view report.statement_petition is
'PROTECTED: 8 U.S.C. 1367. Petitions that a person under investigation is led to by a victim: the applicant of
report.statement_route is a beneficiary of the petition (report.beneficiary_later_victim). band and clues are those of the
statement. Not counted in report.audit_headline, which everybody reads. Nobody is shown it: report.subject_route has the petitions of
that person under their numbers, and whoever is on the only one would be known as the victim. Drill down: report.subject by
entity. Caveat: an allegation, as a machine reads it; who filed the petition may be another person.';
