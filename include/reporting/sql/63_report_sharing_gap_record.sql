-- what one agency holds and the other does not; the names of a statement are found only if TECS has them: given name
-- before family name, first words of both, as statements write them
create view report.sharing_gap_record as
with applications as (
    select
        receipt_number,
        extract(year from received_on + interval '3 months')::integer as fiscal_year, -- begins on 1 October
        substring(
            upper(regexp_replace(agency_case_number, '[^[:alnum:]]+', '', 'g')) from '[A-Z]{2}[0-9]{2}[A-Z]{2}[0-9]{6}$'
        ) as case_number,
        trafficker_name is not null or trafficker_phone is not null as is_entered,
        string_to_array(
            trim(upper(regexp_replace(
                regexp_replace(normalize(trafficker_name, nfd), '[\u0300-\u036f''’]', '', 'g'), '[^A-Za-z]+', ' ', 'g'
            ))), ' '
        ) as entered_words,
        regexp_replace(trafficker_phone, '[^0-9]', '', 'g') as entered_phone,
        upper(regexp_replace(
            regexp_replace(normalize(narrative, nfd), '[\u0300-\u036f''’]', '', 'g'), '[^A-Za-z]+', ' ', 'g'
        )) as statement
    from latest.uscis_t_application
),

entered as ( -- whom of TECS the fields name: every word that was typed, two at least; or the telephone
    select
        typed.receipt_number,
        name.subject_id
    from (
        select
            receipt_number,
            unnest(entered_words) as word,
            cardinality(entered_words) as word_count
        from applications
    ) as typed
    inner join (
        select
            subject_id,
            words,
            unnest(words) as word
        from latest.tecs_name
    ) as name using (word)
    where typed.word_count >= 2
    group by typed.receipt_number, typed.word_count, name.subject_id, name.words
    having count(distinct word) = typed.word_count
    union
    select
        application.receipt_number,
        subject.subject_id
    from applications as application
    inner join latest.tecs_subject as subject
        on application.entered_phone = regexp_replace(subject.phone, '[^0-9]', '', 'g')
    where application.entered_phone <> ''
),

spoken as (
    select
        statement.receipt_number,
        name.subject_id
    from (
        select
            application.receipt_number,
            said.word || ' ' || lead(said.word) over (
                partition by application.receipt_number order by said.position
            ) as words
        from applications as application
        cross join string_to_table(application.statement, ' ') with ordinality as said (word, position)
    ) as statement
    inner join latest.tecs_name as name
        on statement.words = split_part(trim(name.given), ' ', 1) || ' ' || split_part(trim(name.family), ' ', 1)
    inner join latest.screened_subject using (subject_id)
    where trim(name.given) <> '' and trim(name.family) <> ''
    group by statement.receipt_number, name.subject_id
),

cited as (
    select
        application.receipt_number,
        subject_case.subject_id
    from applications as application
    inner join latest.subject_case using (case_number)
    group by application.receipt_number, subject_case.subject_id
)

select
    receipt_number,
    fiscal_year,
    'entered by USCIS, unknown to TECS' as gap,
    not exists (
        select from entered
        where entered.receipt_number = applications.receipt_number
    ) as is_gap
from applications
where is_entered
union all
select
    held.receipt_number,
    applications.fiscal_year,
    held.gap,
    not bool_or(entered.subject_id is not null)
from (
    select
        *,
        'named in the statement, known to TECS, not entered by USCIS' as gap
    from spoken
    union all
    select
        *,
        'subject of the cited case, not entered by USCIS' as gap
    from cited
) as held
inner join applications using (receipt_number)
left join entered using (receipt_number, subject_id)
group by held.receipt_number, applications.fiscal_year, held.gap;
