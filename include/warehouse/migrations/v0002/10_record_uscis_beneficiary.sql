alter table record.uscis_beneficiary
    add column record_state text;
