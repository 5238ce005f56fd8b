create index access_at on audit.access (at);
