create index tecs_alias_load on record.tecs_alias (load_id);
