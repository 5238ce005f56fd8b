-- functions of the reports, each with its comment
select
    proname as name,
    pg_get_function_arguments(oid) as arguments,
    pg_get_function_result(oid) as result,
    obj_description(oid, 'pg_proc') as about
from pg_proc
where pronamespace = 'report'::regnamespace
order by proname, arguments;
