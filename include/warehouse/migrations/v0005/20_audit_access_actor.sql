create index access_actor on audit.access (actor, number);
