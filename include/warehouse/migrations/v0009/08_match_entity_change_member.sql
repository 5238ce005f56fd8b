create index entity_change_member on match.entity_change (member, change_id);
