alter table record.uscis_t_application
    add column system text,
    add column trafficker_name text,
    add column trafficker_date_of_birth date,
    add column trafficker_phone text;
