-- what an application says of a trafficker, made comparable: plain capitals, digits, whole case numbers. Supplement B has a
-- case number anywhere in a line, and O where a zero belongs
create view latest.statement as
select
    receipt_number,
    extract(year from received_on + interval '3 months')::integer as fiscal_year, -- begins on 1 October
    upper(regexp_replace(
        regexp_replace(normalize(narrative, nfd), '[\u0300-\u036f''’]', '', 'g'), '[^[:alnum:]]+', ' ', 'g'
    )) as text,
    array(
        select
            found.number[1] || translate(found.number[2], 'O', '0') || found.number[3]
            || translate(found.number[4], 'O', '0')
        from
            regexp_matches(
                upper(regexp_replace(agency_case_number, '[^[:alnum:]]+', '', 'g')),
                '([A-Z]{2})([0-9O]{2})([A-Z]{2})([0-9O]{6})', 'g'
            ) as found (number)
    ) as case_numbers,
    array(
        select array_to_string(found.number, '')
        from regexp_matches(narrative, '(\d{3})\)?[ .-]*(\d{3})[ .-]*(\d{4})\M', 'g') as found (number)
    ) as telephones,
    trafficker_name is not null or trafficker_phone is not null as is_entered,
    string_to_array(
        trim(upper(regexp_replace(
            regexp_replace(normalize(trafficker_name, nfd), '[\u0300-\u036f''’]', '', 'g'), '[^A-Za-z]+', ' ', 'g'
        ))), ' '
    ) as entered_words,
    regexp_replace(trafficker_phone, '[^0-9]', '', 'g') as entered_telephone
from latest.uscis_t_application;
