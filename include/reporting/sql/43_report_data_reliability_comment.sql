comment on view report.data_reliability is
'GAO''s words for each dataset and fiscal year: sufficiently reliable, not sufficiently reliable, undetermined, with the
reason in a sentence. Drill down: report.run of the year. Caveat: it judges completeness against the contract and the
delivery, not the truth of the values.';
