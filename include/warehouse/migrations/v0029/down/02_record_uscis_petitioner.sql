alter table record.uscis_petitioner drop column identity, drop column place, drop column organisation;
