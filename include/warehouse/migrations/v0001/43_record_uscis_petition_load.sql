create index uscis_petition_load on record.uscis_petition (load_id);
