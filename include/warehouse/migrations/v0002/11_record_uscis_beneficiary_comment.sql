comment on table record.uscis_beneficiary is 'Contract uscis_beneficiaries 1.1.';
