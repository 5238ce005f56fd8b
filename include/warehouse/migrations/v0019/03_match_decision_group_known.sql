-- what is in its band since before the decision was seen with it; what came into it later was not, and re-opens the decision
update match.decision set
    group_band = grouped.band,
    group_weight = grouped.group_weight
from match.group_pair as grouped
where
    grouped.subject_id = decision.subject_id
    and grouped.receipt_number = decision.receipt_number
    and grouped.model_version = decision.model_version
    and grouped.found_at <= decision.decided_at;
