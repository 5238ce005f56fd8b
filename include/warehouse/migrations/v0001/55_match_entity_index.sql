create index entity_entity on match.entity (entity);
