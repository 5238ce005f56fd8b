comment on view report.subject is
'Records of those whom a trafficking investigation suspects; records of one person share an entity, named after its least
record. is_case_held false: we hold no row that says what the case is about (report.orphan: it lies in quarantine or never came),
or none of the subject''s part in any; who is arrested for a trafficking offense is screened all the same, first_investigated_on
being the day of the arrest or of entry into the case. Unmatchable: no name or no date of birth. Drill down: subject_id. Caveat: an
entity follows from resemblance; whose case is not held, and who is not arrested, is missing here.';
