create index tecs_subject_load on record.tecs_subject (load_id);
