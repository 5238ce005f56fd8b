create view latest.uscis_petitioner as
select distinct on (receipt_number) *
from record.uscis_petitioner
order by receipt_number, updated_at desc, content_hash desc;
