comment on view report.lead is
'Subjects of trafficking investigations and the petitions whose petitioner resembles them. band: lead or review as the model
cut it (model_band), or, with a group_weight (bits), as the model would cut both weights together: report.group_weight says
where it comes from. Unless a reviewer''s decision stands: accepted is lead, rejected is rejected and counts nowhere,
undecided changes nothing. A decision is reopened (is_reopened) when the model, the evidence or what the subject''s group makes of
the pair (group_band, group_weight) is no longer what the reviewer saw; no: too weak to be shown, but for that decision.
Of several versions of a subject one that a later one says in full has no part
in it. is_case_held false: report.subject says why; first_investigated_on is then the latest day that it can have been. Drill down: pair_id; report.evidence by subject_id and receipt_number; report.decision by both. Caveat: a
resemblance of records, no finding about a person; at a source_at it shows what today''s model finds in the versions of
then, at a known_at the pairs that had been found, by the model and under the decisions of then.';
