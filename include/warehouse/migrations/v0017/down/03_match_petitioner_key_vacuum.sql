alter table match.petitioner_key reset (autovacuum_vacuum_insert_scale_factor);
