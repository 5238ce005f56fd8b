-- of people: by their dates of birth most homes are told to be of one person
create index uscis_petitioner_home on record.uscis_petitioner (place, receipt_number) include (date_of_birth)
where organisation_name is null and place is not null;
