create view latest.uscis_petition as
select distinct on (receipt_number) *
from record.uscis_petition
order by receipt_number, updated_at desc, content_hash desc;
