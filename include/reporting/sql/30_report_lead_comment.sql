comment on view report.lead is
'Subjects of trafficking investigations and the petitions whose petitioner resembles them. band: lead or review as the model
cut it (model_band), unless a reviewer''s decision stands: accepted is lead, rejected is rejected and counts nowhere,
undecided changes nothing. A decision is reopened (is_reopened) when the model or the evidence is no longer what the
reviewer saw. Drill down: pair_id; report.evidence by subject_id and receipt_number; report.decision by both. Caveat: a
resemblance of records, no finding about a person; at a moment of the past it shows what the model of today finds in the
versions of then.';
