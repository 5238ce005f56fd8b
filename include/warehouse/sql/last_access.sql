select
    number,
    seal
from audit.access
order by number desc
limit 1;
