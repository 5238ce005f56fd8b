comment on table access.secret is 'makes pseudonyms: who knows it can try every record number; nobody but the owner reads it';
