select
    number,
    at,
    actor,
    role,
    kind,
    about,
    key,
    detail,
    seal
from audit.access
order by number;
