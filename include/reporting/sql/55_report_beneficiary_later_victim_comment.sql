comment on view report.beneficiary_later_victim is
'PROTECTED: 8 U.S.C. 1367. A beneficiary who applies for a T visa after the petition: same A-number, else same name and
date of birth. Drill down: both receipt numbers, which are pseudonyms of this report. Caveat: a lower bound, and no finding about
the petitioner; applicants often give no A-number, and names are compared letter by letter.';
