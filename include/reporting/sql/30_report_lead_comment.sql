comment on view report.lead is
'Subjects of trafficking investigations and the petitions whose petitioner resembles them. Drill down: pair_id;
report.evidence by subject_id and receipt_number. Caveat: a resemblance of records, no finding about a person.';
