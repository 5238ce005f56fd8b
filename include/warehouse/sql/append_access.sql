insert into audit.access (number, at, actor, role, kind, about, key, detail, seal)
values (%(number)s, %(at)s, %(actor)s, %(role)s, %(kind)s, %(about)s, %(key)s, %(detail)s, %(seal)s);
