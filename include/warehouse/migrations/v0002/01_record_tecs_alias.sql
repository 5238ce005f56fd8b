alter table record.tecs_alias
    add column record_state text;
