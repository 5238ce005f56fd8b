comment on view report.statement_petition is
'PROTECTED: 8 U.S.C. 1367. Petitions that a person under investigation is led to by a victim: the applicant of
report.statement_route is a beneficiary of the petition (report.beneficiary_later_victim). band and clues are those of the
statement. Not counted in report.audit_headline, which everybody reads. Drill down: report.subject by entity; both receipt
numbers are pseudonyms. Caveat: an allegation, as a machine reads it; who filed the petition may be another person.';
