alter table record.tecs_involvement
    add column record_state text;
