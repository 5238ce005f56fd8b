select stage
from unnest(array['match', 'resolve']) as stage
where not exists (
    select from ops.stage_time
    where stage_time.run_id = %(run_id)s and stage_time.stage = stage.stage
);
