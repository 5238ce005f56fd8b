alter table record.uscis_petitioner
    add column record_state text;
