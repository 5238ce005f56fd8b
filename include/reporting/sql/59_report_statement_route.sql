-- the third route: whom a statement means, as far as its clues agree. One clue may fit several people, two seldom do. A name
-- in part, or an address, says little by itself and is looked for only in those whom another clue points at
create view report.statement_route as
with pointed as materialized (
    select distinct
        clue.receipt_number,
        clue.subject_id,
        replace(clue.clue, 'entered ', '') as clue
    from latest.clue
    inner join latest.screened_subject using (subject_id)
),

statements as materialized (
    select
        receipt_number,
        ' ' || text || ' ' as text
    from latest.statement
),

facts as (
    select
        subject_id,
        'part of a name' as clue,
        ' ' || word || ' ' as words
    from latest.tecs_name
    cross join unnest(words) as named (word)
    where length(word) > 3 -- shorter ones are words of any statement
    union
    select
        subject_id,
        'address',
        ' ' || trim(upper(regexp_replace(
            regexp_replace(address, '\m(apt|unit)\M.*$', '', 'i'), '[^[:alnum:]]+', ' ', 'g'
        ))) || ' '
    from latest.tecs_subject
    where address is not null
),

clues as (
    select * from pointed
    union
    select
        pointed.receipt_number,
        pointed.subject_id,
        facts.clue
    from pointed
    inner join facts using (subject_id)
    inner join statements using (receipt_number)
    where
        strpos(statements.text, facts.words) > 0
        and (facts.clue = 'address' or pointed.clue = 'case') -- the whole name is a clue by itself
),

people as ( -- the records of one person point at one person
    select
        clues.receipt_number,
        coalesce(known.entity, 'tecs_subjects:' || clues.subject_id) as entity,
        array_agg(distinct clues.clue order by clues.clue) as clues
    from clues
    left join lateral ( -- one subject by the index; a join would compare each clue with each subject
        select * from latest.entity
        where latest.entity.member = 'tecs_subjects:' || clues.subject_id
    ) as known on true
    group by clues.receipt_number, coalesce(known.entity, 'tecs_subjects:' || clues.subject_id)
),

apart as ( -- a name and a part of it are one clue
    select
        receipt_number,
        entity,
        case when 'name' = any(clues) then array_remove(clues, 'part of a name') else clues end as clues
    from people
),

ranked as (
    select
        *,
        rank() over application as place,
        count(*) over (partition by receipt_number, cardinality(clues)) as rivals
    from apart
    window application as (partition by receipt_number order by cardinality(clues) desc)
)

select
    receipt_number as application_receipt_number,
    entity,
    'statement' as route,
    case when cardinality(clues) >= 2 then 'lead' else 'review' end as band,
    array_to_string(clues, ', ') as clues
from ranked
where place = 1 and rivals = 1;
