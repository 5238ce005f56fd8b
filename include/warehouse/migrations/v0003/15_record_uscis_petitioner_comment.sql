comment on table record.uscis_petitioner is 'Contract uscis_petitioners 1.2.';
