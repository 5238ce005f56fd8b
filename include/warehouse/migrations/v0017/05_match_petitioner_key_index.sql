-- a look-up finds the versions in the index: as rows they lie on as many pages as there are of them
create index petitioner_key_key on match.petitioner_key (key, model_id, petitioner_version_id);
