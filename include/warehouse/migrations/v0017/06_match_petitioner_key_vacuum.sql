-- an index answers alone for pages that a vacuum has seen; by default one comes when a fifth of the table is new
alter table match.petitioner_key set (autovacuum_vacuum_insert_scale_factor = 0.02);
