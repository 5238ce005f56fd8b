update quarantine.row
set replayed_at = replay.judged_at
from quarantine.replay
where
    replay.quarantine_id = row.quarantine_id and replay.run_id = %(run_id)s and replay.outcome <> 'refused';
