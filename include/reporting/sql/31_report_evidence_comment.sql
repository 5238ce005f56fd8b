comment on view report.evidence is
'Why a lead is one: each comparison of its best pair, with both values, its level and its weight. Drill down: subject_id and
receipt_number. Caveat: the weights come from a model set by hand.';
