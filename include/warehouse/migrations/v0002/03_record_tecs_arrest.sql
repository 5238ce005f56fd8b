alter table record.tecs_arrest
    add column record_state text;
