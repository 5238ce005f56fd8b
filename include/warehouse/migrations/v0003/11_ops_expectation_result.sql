alter table ops.expectation_result
alter column success drop not null, -- null: nothing to judge, which is not a pass
add column attempt integer; -- the last attempt that was merged into the table
