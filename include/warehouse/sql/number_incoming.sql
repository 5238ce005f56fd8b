alter table incoming add column quarantine_id bigint;
