create index tecs_involvement_load on record.tecs_involvement (load_id);
