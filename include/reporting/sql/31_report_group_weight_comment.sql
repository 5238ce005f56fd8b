comment on view report.group_weight is
'What is known of a subject weighs, too: of the convicted subjects (convicted_count) and of all others whom trafficking
investigations suspect (other_count), how many have a lead of the model to a petition of the form. weight: log2 of the ratio
of both shares, half a subject added to each count, 8 bits at most; 0 where so many would have one by chance once in a thousand times. It is
added to the weight of pairs of convicted subjects that the model alone does not make leads: report.lead, group_weight. Drill
down: report.lead by form and has_trafficking_conviction. Caveat: counted from leads, as the last run left them; a share of a
group says nothing of one person; a known_at does not move it.';
