create index tecs_investigation_load on record.tecs_investigation (load_id);
