-- what in an application points at which subject of TECS. Names are found letter by letter, and only where TECS has them:
-- given name before family name, first words of both, as statements write them
create view latest.clue as
with said as materialized ( -- pulled up, the text would be made plain once a word
    select
        receipt_number,
        string_to_array(text, ' ') as words
    from latest.statement
),

spoken as (
    select
        receipt_number,
        unnest(words) || ' ' || unnest(words[2:]) as words
    from said
),

named as ( -- one row for each two words, which the planner then knows: else it would sort all that is spoken
    select
        split_part(trim(given), ' ', 1) || ' ' || split_part(trim(family), ' ', 1) as words,
        array_agg(subject_id) as subject_ids
    from latest.tecs_name
    where trim(given) <> '' and trim(family) <> ''
    group by 1
),

typed as (
    select
        receipt_number,
        unnest(entered_words) as word,
        cardinality(entered_words) as word_count
    from latest.statement
),

known as (
    select
        subject_id,
        words,
        unnest(words) as word
    from latest.tecs_name
),

telephones as (
    select
        subject_id,
        regexp_replace(phone, '[^0-9]', '', 'g') as telephone
    from latest.tecs_subject
    where phone is not null
)

select
    spoken.receipt_number,
    meant.subject_id,
    'name' as clue
from spoken
inner join named using (words)
cross join unnest(named.subject_ids) as meant (subject_id)
union
select
    statement.receipt_number,
    telephones.subject_id,
    'telephone'
from latest.statement
cross join unnest(statement.telephones) as told (telephone)
inner join telephones using (telephone)
union
select
    statement.receipt_number,
    subject_case.subject_id,
    'case'
from latest.statement
cross join unnest(statement.case_numbers) as cited (case_number)
inner join latest.subject_case using (case_number)
union
select -- every word that was typed, two at least
    typed.receipt_number,
    known.subject_id,
    'entered name'
from typed
inner join known using (word)
where typed.word_count >= 2
group by typed.receipt_number, typed.word_count, known.subject_id, known.words
having count(distinct word) = typed.word_count
union
select
    statement.receipt_number,
    telephones.subject_id,
    'entered telephone'
from latest.statement
inner join telephones on statement.entered_telephone = telephones.telephone;
