drop index match.petitioner_key_key;
