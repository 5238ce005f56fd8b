-- every name that TECS holds of a subject, as words of plain capitals: how typed fields and statements can be compared with
create view latest.tecs_name as
select
    subject_id,
    split_part(plain, ',', 1) as family,
    split_part(plain, ',', 2) as given,
    string_to_array(trim(regexp_replace(plain, '[, ]+', ' ', 'g')), ' ') as words
from (
    select
        subject_id,
        upper(regexp_replace(
            regexp_replace(normalize(name, nfd), '[\u0300-\u036f''’]', '', 'g'), '[^A-Za-z,]+', ' ', 'g' -- marks are not letters
        )) as plain
    from (
        select
            subject_id,
            name
        from latest.tecs_subject
        union
        select
            subject_id,
            name
        from latest.tecs_alias
    ) as names
    where name is not null
) as spelled;
