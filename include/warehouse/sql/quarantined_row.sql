select sealed
from quarantine.row
where quarantine_id = %(quarantine_id)s;
