comment on function access.source_at() is 'as the source stood at this moment: the setting crosscheck.source_at; not set, as it stands now';
