alter table record.tecs_subject
    add column system text,
    add column record_state text;
