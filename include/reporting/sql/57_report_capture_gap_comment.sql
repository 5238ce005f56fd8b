comment on view report.capture_gap is
'PROTECTED: 8 U.S.C. 1367. By fiscal year and receiving office: T applications with a statement, in how many of them
USCIS entered a name, a date of birth or a telephone of the trafficker, and in how many no name. Drill down:
report.capture_gap_record by both. Caveat: not every statement names somebody, so the gap is an upper bound.';
