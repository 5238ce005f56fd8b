select
    number,
    seal
from audit.head;
