-- by what petitions are grouped, reckoned once, as a version is loaded: the number by which a petitioner is known again (the first
-- there is, as its digits), the place, and of an organisation its FEIN, else its name and where it is
alter table record.uscis_petitioner
    add column identity text generated always as (
        coalesce(
            'ssn ' || nullif(regexp_replace(ssn, '[^0-9]', '', 'g'), ''),
            'a_number ' || lpad(regexp_replace(a_number, '[^0-9]', '', 'g'), 9, '0'),
            'fein ' || nullif(regexp_replace(fein, '[^0-9]', '', 'g'), '')
        )
    ) stored,
    add column place text generated always as (
        nullif(upper(regexp_replace(address, '[^[:alnum:]]+', ' ', 'g')), '') || ', ' || postal_code
    ) stored,
    add column organisation text generated always as (
        case
            when organisation_name is null then null
            when ssn ~ '[0-9]' or a_number is not null or coalesce(fein, '') !~ '[0-9]'
                then upper(regexp_replace(organisation_name, '[^[:alnum:]]+', ' ', 'g')) || ', ' || postal_code
            else 'fein ' || regexp_replace(fein, '[^0-9]', '', 'g')
        end
    ) stored;
