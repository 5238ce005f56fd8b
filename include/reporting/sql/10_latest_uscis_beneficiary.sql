create view latest.uscis_beneficiary as
select distinct on (receipt_number, beneficiary_number) *
from record.uscis_beneficiary
order by receipt_number, beneficiary_number, updated_at desc, content_hash desc;
