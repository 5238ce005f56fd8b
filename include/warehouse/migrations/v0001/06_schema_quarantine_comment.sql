comment on schema quarantine is 'rows that were refused, with their reasons; personal data, protected data';
