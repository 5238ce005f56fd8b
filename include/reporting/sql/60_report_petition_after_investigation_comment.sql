comment on view report.petition_after_investigation is
'What sharing would have caught, and when: petitions of leads and pairs to review that were filed on or after the day on
which the petitioner became a subject (filed after), or were filed before it and undecided on it (decided after, or pending
still). catchable_on: the first day on which both systems held their part; is_case_open: a case that we hold was open on it;
days_to_decision: how long there was to act, null while undecided; days_after_investigation: negative, filed before.
A subject since the day of entry into the first case. Drill down: report.lead and report.evidence by subject_id and
receipt_number. Caveat: a resemblance of records, no finding about a person; a lower bound, as the leads are; is_approved
says how the petition stands, an approval that was revoked is none.';
