alter table audit.access add constraint access_kind unique (number, kind); -- a decision names its entry, and no read
