-- the questions of OIG-16-17, asked of what is loaded: people, not records. A lower bound counts the leads that nothing
-- contradicts; an upper bound counts what is for review as well, and who is likely not to be found at all
create view report.audit_headline as
with questions (line, question, form, visa_class) as (
    values
    (1, 'subjects of trafficking investigations', null, null),
    (2, 'of them, unmatchable: no name or no date of birth', null, null),
    (3, 'subjects with a trafficking conviction', null, null),
    (4, 'of them, with a lead to a work or fiancé petition', null, null),
    (5, 'subjects with a lead to an approved family or fiancé petition', null, null),
    (6, 'family members and fiancés on those petitions', 'any', 'any'),
    (7, 'of those subjects, arrested for a trafficking offense', null, null),
    (8, 'pairs for a person to review', null, null),
    (9, 'convicted subjects with a lead to a fiancé petition (I-129F)', null, null),
    (10, 'convicted subjects with a lead to a work petition (I-129)', null, null),
    (11, 'convicted subjects with a lead to a family petition (I-130)', null, null),
    (12, 'convicted subjects without a lead to a petition', null, null),
    (13, 'subjects with a lead to any petition', null, null),
    (14, 'petitions that are unmatchable: no name, or a person without a date of birth', null, null),
    (15, 'fiancés and their children on those petitions (I-129F)', 'I-129F', 'any'),
    (16, 'family members on those petitions (I-130)', 'I-130', 'any'),
    (17, 'of them, on I-129F petitions of class K-1', 'I-129F', 'K-1'),
    (18, 'of them, on I-129F petitions of class K-2', 'I-129F', 'K-2'),
    (19, 'of them, on I-129F petitions of class K-3', 'I-129F', 'K-3'),
    (20, 'of them, on I-129F petitions of class K-4', 'I-129F', 'K-4'),
    (21, 'of them, on I-130 petitions of class IR1', 'I-130', 'IR1'),
    (22, 'of them, on I-130 petitions of class IR2', 'I-130', 'IR2'),
    (23, 'of them, on I-130 petitions of class IR5', 'I-130', 'IR5'),
    (24, 'of them, on I-130 petitions of class CR1', 'I-130', 'CR1'),
    (25, 'of them, on I-130 petitions of class CR2', 'I-130', 'CR2'),
    (26, 'of them, on I-130 petitions of class F1', 'I-130', 'F1'),
    (27, 'of them, on I-130 petitions of class F2A', 'I-130', 'F2A'),
    (28, 'of them, on I-130 petitions of class F2B', 'I-130', 'F2B'),
    (29, 'of them, on I-130 petitions of class F3', 'I-130', 'F3'),
    (30, 'of them, on I-130 petitions of class F4', 'I-130', 'F4'),
    (31, 'of them, on I-129F petitions of class not stated', 'I-129F', 'not stated'),
    (32, 'of them, on I-130 petitions of class not stated', 'I-130', 'not stated')
),

records as materialized (
    select * from report.subject
),

people as materialized (
    select
        entity,
        bool_and(is_unmatchable) as is_unmatchable,
        bool_or(is_arrested) as is_arrested,
        bool_or(is_convicted) as is_convicted
    from records
    group by entity
),

linked as ( -- doubtful links within TECS: entities that are one person, if who reviews the link says so
    select
        bool_or(records.is_unmatchable) as is_unmatchable,
        bool_and(records.is_convicted) as is_convicted
    from report.doubtful_link as link
    cross join lateral (values (link.left_member), (link.right_member)) as side (member)
    inner join records on side.member = 'tecs_subjects:' || records.subject_id
    group by link.left_member, link.right_member
    having count(distinct records.entity) = 2
),

doubtful as (
    select
        count(*) as pairs,
        count(*) filter (where is_unmatchable) as unmatchable,
        count(*) filter (where is_convicted) as convicted
    from linked
),

subjects (level, every, unmatchable, convicted) as (
    select
        'value',
        count(*),
        count(*) filter (where is_unmatchable),
        count(*) filter (where is_convicted)
    from people
    union all
    select
        'lower',
        count(*) - max(doubtful.pairs),
        count(*) filter (where is_unmatchable) - max(doubtful.unmatchable),
        count(*) filter (where is_convicted) - max(doubtful.convicted)
    from people
    cross join doubtful
    union all
    select -- every record another person
        'upper',
        count(*),
        count(*) filter (where is_unmatchable),
        count(*) filter (where is_convicted)
    from records
),

refused as ( -- rows about arrests in quarantine: each may hide the arrest or the conviction of somebody
    select count(*) as arrests
    from quarantine.row
    where
        dataset = 'tecs_arrests'
        and quarantined_at <= access.known_at()
        and (replayed_at <= access.known_at()) is not true
),

held (dataset, versions) as ( -- a lead to a petition of a suspect stands on a row of each of these
    select
        'tecs_subjects',
        count(*)
    from record.tecs_subject
    where loaded_at <= access.known_at()
    union all
    select
        'tecs_involvements',
        count(*)
    from record.tecs_involvement
    where loaded_at <= access.known_at()
    union all
    select
        'tecs_investigations',
        count(*)
    from record.tecs_investigation
    where loaded_at <= access.known_at()
    union all
    select
        'uscis_petitions',
        count(*)
    from record.uscis_petition
    where loaded_at <= access.known_at()
    union all
    select
        'uscis_petitioners',
        count(*)
    from record.uscis_petitioner
    where loaded_at <= access.known_at()
),

lost as (
    select
        dataset,
        count(*) as rows
    from quarantine.row
    where
        quarantined_at <= access.known_at()
        and (replayed_at <= access.known_at()) is not true
    group by dataset
),

unseen as ( -- of those who should have a lead: whose row was refused, and the 1 % that a model leaves below review
    select 0.01 + coalesce(sum(lost.rows::double precision / (lost.rows + held.versions)), 0) as share
    from held
    inner join lost using (dataset)
),

petitions as materialized (
    select
        route.*,
        people.is_arrested,
        people.is_convicted,
        route.form in ('I-129F', 'I-130') and route.petition_status = 'approved' as is_family
    from report.subject_route as route
    inner join people using (entity)
    where
        route.route = 'person'
        and route.petition_record_state is distinct from 'cancelled'
        and coalesce(route.received_on, '-infinity') >= access.received_from()
        and coalesce(route.received_on, '-infinity') < access.received_to()
),

counted as ( -- by how sure a petition has to be
    select
        level.level,
        petitions.*
    from petitions
    inner join (values ('lower'), ('value'), ('upper')) as level (level)
        on
            level.level = 'upper'
            or (level.level = 'value' and petitions.band = 'lead')
            or (level.level = 'lower' and petitions.band = 'lead' and petitions.is_uncontradicted)
),

petitioners as (
    select
        level,
        count(distinct entity) filter (where is_convicted and form in ('I-129F', 'I-129')) as convicted_visa,
        count(distinct entity) filter (where is_convicted and form = 'I-129F') as convicted_fiance,
        count(distinct entity) filter (where is_convicted and form = 'I-129') as convicted_work,
        count(distinct entity) filter (where is_convicted and form = 'I-130') as convicted_family,
        count(distinct entity) filter (where is_convicted) as convicted,
        count(distinct entity) filter (where is_family) as family,
        count(distinct entity) filter (where is_family and is_arrested) as arrested,
        count(distinct entity) as every
    from counted
    group by level
),

brought (level, form, visa_class, people) as (
    select
        level,
        coalesce(form, 'any'),
        coalesce(visa_class, 'any'),
        sum(beneficiary_count)
    from ( -- a petition counts once, whoever leads to it
        select distinct
            level,
            receipt_number,
            form,
            coalesce(visa_class, 'not stated') as visa_class,
            beneficiary_count
        from counted
        where is_family
    ) as petition
    group by grouping sets ((level), (level, form), (level, form, visa_class))
),

certain (line, count) as (
    select
        8,
        count(*)
    from report.lead
    where
        band = 'review'
        and coalesce(received_on, '-infinity') >= access.received_from()
        and coalesce(received_on, '-infinity') < access.received_to()
    union all
    select
        14,
        count(*)
    from latest.uscis_petition as petition
    inner join latest.uscis_petitioner as petitioner using (receipt_number)
    where
        petition.record_state is distinct from 'cancelled'
        and coalesce(petition.received_on, '-infinity') >= access.received_from()
        and coalesce(petition.received_on, '-infinity') < access.received_to()
        and (
            petitioner.family_name is null
            or (petitioner.date_of_birth is null and petition.petitioner_kind is distinct from 'organisation')
        )
),

answers as (
    select
        answer.line,
        subjects.level,
        answer.count
    from subjects
    cross join lateral (
        values (1, subjects.every), (2, subjects.unmatchable), (3, subjects.convicted)
    ) as answer (line, count)
    union all
    select
        answer.line,
        petitioners.level,
        answer.count
    from petitioners
    cross join lateral (
        values
        (4, petitioners.convicted_visa),
        (5, petitioners.family),
        (7, petitioners.arrested),
        (9, petitioners.convicted_fiance),
        (10, petitioners.convicted_work),
        (11, petitioners.convicted_family),
        (13, petitioners.every)
    ) as answer (line, count)
    union all
    select -- the fewer with a lead, the more without
        12,
        subjects.level,
        subjects.convicted
        - coalesce(petitioners.convicted, 0)
        - case subjects.level
            when 'lower' then
                coalesce(ceil(petitioners.convicted * unseen.share + 2 * sqrt(petitioners.convicted * unseen.share)), 0)
            else 0
        end
    from subjects
    cross join unseen
    left join petitioners
        on petitioners.level = case subjects.level when 'lower' then 'upper' when 'upper' then 'lower' else 'value' end
    union all
    select
        questions.line,
        brought.level,
        brought.people
    from brought
    inner join questions using (form, visa_class)
    union all
    select
        certain.line,
        level.level,
        certain.count
    from certain
    cross join (values ('lower'), ('value'), ('upper')) as level (level)
)

select
    questions.line,
    questions.question,
    questions.form,
    questions.visa_class,
    coalesce(max(answers.count) filter (where answers.level = 'value'), 0)::bigint as value,
    greatest(coalesce(max(answers.count) filter (where answers.level = 'lower'), 0), 0)::bigint as lower,
    (
        coalesce(max(answers.count) filter (where answers.level = 'upper'), 0)
        + case when questions.line in (3, 4, 7, 9, 10, 11, 12) then max(refused.arrests) else 0 end
        + case -- the expected number, and twice its standard deviation (Poisson)
            when questions.line in (4, 5, 6, 7, 9, 10, 11, 13) or questions.form is not null
                then
                    coalesce(
                        ceil(
                            max(answers.count * unseen.share + 2 * sqrt(answers.count * unseen.share))
                                filter (where answers.level = 'upper')
                        ),
                        0
                    )
            else 0
        end
    )::bigint as upper,
    'SIMULATED. Leads, not findings. Who lacks a name or a date of birth is unmatchable, not unmatched: the counts of '
    'those with leads stay lower bounds in that.'
        as caveat
from questions
left join answers using (line)
cross join refused
cross join unseen
group by questions.line, questions.question, questions.form, questions.visa_class
order by questions.line;
