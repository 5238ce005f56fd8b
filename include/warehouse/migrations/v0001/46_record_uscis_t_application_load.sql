create index uscis_t_application_load on record.uscis_t_application (load_id);
