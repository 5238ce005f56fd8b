comment on function access.known_at() is 'as we knew it at this moment: the setting crosscheck.known_at; not set, as we know it now';
