comment on view report.subject is
'Records of those whom a trafficking investigation suspects; records of one person share an entity, named after its least
record. Unmatchable: no name or no date of birth. Drill down: subject_id. Caveat: an entity follows from resemblance.';
