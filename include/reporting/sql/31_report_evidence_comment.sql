comment on view report.evidence is
'Why a lead is one: each comparison of its best pair, with both values, its level and its weight, which add up to the weight of
the pair. The line group, if there is one, is no comparison: what being convicted adds (group_weight of report.lead, counted
in report.group_weight). Drill down: subject_id and receipt_number. Caveat: the weights come from a model, not from proof.';
