create index tecs_arrest_load on record.tecs_arrest (load_id);
