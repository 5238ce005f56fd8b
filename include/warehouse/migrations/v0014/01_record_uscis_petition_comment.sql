comment on table record.uscis_petition is 'Contract uscis_petitions 1.3.';
