delete from match.entity
where member = any(%(members)s::text []);
