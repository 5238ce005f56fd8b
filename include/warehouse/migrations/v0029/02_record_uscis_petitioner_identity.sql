-- which petitions give one number is answered by the index alone
create index uscis_petitioner_identity on record.uscis_petitioner (identity, receipt_number)
where identity is not null;
