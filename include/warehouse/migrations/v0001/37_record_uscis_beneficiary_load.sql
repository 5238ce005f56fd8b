create index uscis_beneficiary_load on record.uscis_beneficiary (load_id);
