-- when a pair was known: when matching found it
alter table match.run add column matched_at timestamptz;
update match.run set
    matched_at = coalesce(
        (
            select max(stage_time.finished_at) from ops.stage_time
            where stage_time.run_id = run.run_id and stage_time.stage = 'match'
        ),
        now()
    );
alter table match.run alter column matched_at set not null, alter column matched_at set default now();
alter table match.pair add column found_at timestamptz;
update match.pair set found_at = run.matched_at from match.run where run.run_id = pair.run_id;
update match.pair set found_at = now() where found_at is null;
alter table match.pair alter column found_at set not null, alter column found_at set default now();
