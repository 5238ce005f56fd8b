-- of pairs that are there: when the books of their run were closed, which is soon after
update match.pair set found_at = coalesce(run.closed_at, run.opened_at)
from ops.run
where run.run_id = pair.run_id;
