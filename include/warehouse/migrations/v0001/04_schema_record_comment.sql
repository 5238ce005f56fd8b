comment on schema record is 'versions of source records, append-only';
