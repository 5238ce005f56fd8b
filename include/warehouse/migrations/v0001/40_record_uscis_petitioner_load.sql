create index uscis_petitioner_load on record.uscis_petitioner (load_id);
