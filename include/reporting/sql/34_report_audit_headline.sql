-- the questions of OIG-16-17, asked of what is loaded: people, not records. What leads and pairs for review say together is a
-- number of people of whom each is right with a probability: its quantiles are the bounds
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
    (32, 'of them, on I-130 petitions of class not stated', 'I-130', 'not stated'),
    (33, 'subjects of whose case no row is held, screened for an arrest', null, null)
),

records as materialized (
    select * from report.subject
),

people as materialized (
    select
        entity,
        bool_and(is_unmatchable) as is_unmatchable,
        bool_or(is_case_held) as is_case_held,
        bool_or(is_arrested) as is_arrested,
        bool_or(is_convicted) as is_convicted
    from records
    group by entity
),

linked as ( -- doubtful links within TECS: entities that are one person, if who reviews the link says so
    select
        bool_or(records.is_unmatchable) as is_unmatchable,
        bool_and(records.is_case_held) as is_case_held,
        bool_and(records.is_convicted) as is_convicted
    from report.doubtful_link as link
    cross join lateral (values (link.left_member), (link.right_member)) as side (member)
    inner join records on side.member = 'tecs_subjects:' || records.subject_id
    group by link.left_member, link.right_member
    having count(distinct records.entity) = 2
),

refused (dataset, rows) as materialized ( -- each may be of somebody who is not found for want of it
    select
        dataset,
        count(*)
    from quarantine.row
    where
        quarantined_at <= access.known_at()
        and (replayed_at <= access.known_at()) is not true
    group by dataset
),

held (dataset, versions) as materialized ( -- a lead to a petition of a suspect stands on a row of each of these
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
        'tecs_arrests',
        count(*)
    from record.tecs_arrest
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

unseen as materialized ( -- of those who should have a lead, the share that is not even for review
    select
        lines.line,
        0.01 -- of the matches a model leaves below review
        + coalesce(
            sum(refused.rows::double precision / (refused.rows + held.versions)) filter (
                where case -- who is arrested is screened, whatever is held of a case
                    when lines.line in (4, 7, 9, 10, 11, 12)
                        then held.dataset not in ('tecs_involvements', 'tecs_investigations')
                    else held.dataset <> 'tecs_arrests'
                end
            ),
            0
        ) as share
    from questions as lines
    cross join held
    left join refused using (dataset)
    group by lines.line
),

subjects (line, value, lower, upper) as ( -- of subjects: all doubtful records joined; every record another person
    select
        answer.line,
        answer.value,
        answer.value - answer.doubtful,
        answer.upper
    from (
        select
            count(*) as every,
            count(*) filter (where is_unmatchable) as unmatchable,
            count(*) filter (where is_convicted) as convicted,
            count(*) filter (where not is_case_held) as caseless
        from people
    ) as person
    cross join (
        select
            count(*) as every,
            count(*) filter (where is_unmatchable) as unmatchable,
            count(*) filter (where is_convicted) as convicted,
            count(*) filter (where not is_case_held) as caseless
        from records
    ) as record
    cross join (
        select
            count(*) as pairs,
            count(*) filter (where is_unmatchable) as unmatchable,
            count(*) filter (where is_convicted) as convicted,
            count(*) filter (where not is_case_held) as caseless
        from linked
    ) as doubtful
    cross join lateral (
        values
        (1, person.every, doubtful.pairs, record.every),
        (2, person.unmatchable, doubtful.unmatchable, record.unmatchable),
        ( -- a refused row about an arrest may hide a conviction
            3,
            person.convicted,
            doubtful.convicted,
            record.convicted + coalesce((select refused.rows from refused where refused.dataset = 'tecs_arrests'), 0)
        ),
        (33, person.caseless, doubtful.caseless, record.caseless)
    ) as answer (line, value, doubtful, upper)
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
        and coalesce(route.petition_record_state, '') <> 'cancelled'
        and coalesce(route.received_on, '-infinity') >= access.received_from()
        and coalesce(route.received_on, '-infinity') < access.received_to()
),

persons (line, entity, leads, size, probability) as ( -- one person each, as likely as the likeliest of the petitions
    select
        answer.line,
        petitions.entity,
        max((petitions.band = 'lead')::integer),
        1,
        max(petitions.probability)
    from petitions
    cross join lateral (
        values
        (4, petitions.is_convicted and petitions.form in ('I-129F', 'I-129')),
        (5, petitions.is_family),
        (7, petitions.is_family and petitions.is_arrested),
        (9, petitions.is_convicted and petitions.form = 'I-129F'),
        (10, petitions.is_convicted and petitions.form = 'I-129'),
        (11, petitions.is_convicted and petitions.form = 'I-130'),
        (12, petitions.is_convicted),
        (13, true)
    ) as answer (line, is_asked)
    where answer.is_asked
    group by answer.line, petitions.entity
),

brought (line, entity, leads, size, probability) as ( -- people on the petitions of one person, who are right together
    select
        questions.line,
        petition.entity,
        coalesce(sum(petition.beneficiary_count) filter (where petition.band = 'lead'), 0),
        sum(petition.beneficiary_count),
        sum(petition.beneficiary_count * petition.probability) / sum(petition.beneficiary_count)
    from ( -- a petition counts once, whoever leads to it
        select distinct on (receipt_number) *
        from petitions
        where is_family and beneficiary_count > 0
        order by receipt_number asc, band asc, probability desc, entity asc
    ) as petition
    inner join questions
        on
            questions.form in ('any', petition.form)
            and questions.visa_class in ('any', coalesce(petition.visa_class, 'not stated'))
    group by questions.line, petition.entity, petition.probability is null
),

asked as materialized (
    select * from persons
    union all
    select * from brought
),

moments as ( -- of the number of people: each of those seen is right or not, of those unseen there is a Poisson number
    select
        asked.line,
        level.level,
        sum(asked.size * level.right * (1 + level.unseen)) as mean,
        sum(asked.size ^ 2 * level.right * (1 - level.right + level.unseen)) as variance,
        sum(asked.size ^ 3 * level.right * ((1 - level.right) * (1 - 2 * level.right) + level.unseen)) as third
    from asked
    inner join unseen using (line)
    cross join lateral ( -- half the odds, and nobody unseen; twice the odds
        values
        ('lower', coalesce(asked.probability / (2 - asked.probability), 0), 0),
        ('upper', coalesce(2 * asked.probability / (1 + asked.probability), 1), unseen.share)
    ) as level (level, "right", unseen)
    group by asked.line, level.level
),

quantiles as materialized ( -- from three moments (Cornish and Fisher 1938); the whole number that is next
    select
        moments.line,
        moments.level,
        ceil(
            moments.mean
            + case moments.level when 'lower' then -normal.z else normal.z end * sqrt(moments.variance)
            + (normal.z ^ 2 - 1) / 6 * coalesce(moments.third / nullif(moments.variance, 0), 0)
            - 0.5
        ) as people
    from moments
    cross join (values (2.576)) as normal (z) -- so many standard deviations: outside is 1 %, half of it on each side
),

counted (line, value, lower, upper) as (
    select
        asked.line,
        sum(asked.leads),
        (select people from quantiles where quantiles.line = asked.line and level = 'lower'),
        (select people from quantiles where quantiles.line = asked.line and level = 'upper')
    from asked
    group by asked.line
),

certain (line, value) as (
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
    from ( -- in the order in which the petitions lie
        select
            receipt_number,
            family_name
        from latest.uscis_petitioner
        where family_name is null or date_of_birth is null
        order by receipt_number
    ) as petitioner
    cross join lateral ( -- by the index (limit keeps it one): joined, all petitions would be read
        select * from latest.uscis_petition as one
        where one.receipt_number = petitioner.receipt_number
        limit 1
    ) as petition
    where
        coalesce(petition.record_state, '') <> 'cancelled'
        and coalesce(petition.received_on, '-infinity') >= access.received_from()
        and coalesce(petition.received_on, '-infinity') < access.received_to()
        and (petitioner.family_name is null or petition.petitioner_kind is distinct from 'organisation')
),

answers (line, value, lower, upper) as (
    select * from subjects
    union all
    select
        certain.line,
        certain.value,
        certain.value,
        certain.value
    from certain
    union all
    select * from counted
    where counted.line <> 12
    union all
    select -- the fewer with a lead, the more without
        12,
        subjects.value - coalesce(counted.value, 0),
        subjects.lower - coalesce(counted.upper, 0),
        subjects.upper - coalesce(counted.lower, 0)
    from subjects
    left join counted on counted.line = 12
    where subjects.line = 3
)

select
    questions.line,
    questions.question,
    questions.form,
    questions.visa_class,
    coalesce(answers.value, 0)::bigint as value,
    coalesce(greatest(least(answers.lower, answers.value), 0), 0)::bigint as lower,
    coalesce(greatest(answers.upper, answers.value), 0)::bigint as upper,
    'SIMULATED. Leads, not findings. Who lacks a name or a date of birth is unmatchable, not unmatched: the counts of '
    'those with leads stay lower bounds in that.'
        as caveat
from questions
left join answers using (line)
order by questions.line;
