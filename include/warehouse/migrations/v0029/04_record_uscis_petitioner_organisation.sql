create index uscis_petitioner_organisation on record.uscis_petitioner (organisation, receipt_number) include (place)
where organisation is not null;
