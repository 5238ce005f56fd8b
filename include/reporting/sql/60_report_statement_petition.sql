-- where the third route ends: the petition that brought the victim in, of whoever the victim points at. Nothing is asked of
-- the petitioner's own record: a signatory gives a name and little else
create view report.statement_petition as
select
    statement.entity,
    statement.application_receipt_number,
    victim.receipt_number,
    statement.band,
    statement.clues,
    victim.basis,
    victim.form,
    victim.visa_class
from report.statement_route as statement
inner join report.beneficiary_later_victim as victim using (application_receipt_number);
