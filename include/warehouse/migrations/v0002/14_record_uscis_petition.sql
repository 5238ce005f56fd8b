alter table record.uscis_petition
    add column system text,
    add column office text,
    add column amends_receipt_number text,
    add column beneficiary_count bigint,
    add column record_state text;
