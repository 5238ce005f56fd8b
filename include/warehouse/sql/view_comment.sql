select obj_description(%(view)s::regclass, 'pg_class') as about;
