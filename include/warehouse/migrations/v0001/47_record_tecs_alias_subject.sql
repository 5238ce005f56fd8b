create index tecs_alias_subject on record.tecs_alias (subject_id);
