-- the questions of OIG-16-17, asked of what is loaded; counts are lower bounds
create view report.audit_headline as
with subjects as (
    select
        screened.subject_id,
        subject.name is null or subject.date_of_birth is null as is_unmatchable,
        coalesce(bool_or(arrest.arrest_id is not null), false) as is_arrested,
        coalesce(bool_or(arrest.disposition = 'convicted'), false) as is_convicted
    from latest.screened_subject as screened
    left join latest.tecs_subject as subject using (subject_id)
    left join latest.tecs_arrest as arrest
        on arrest.subject_id = screened.subject_id and arrest.record_state is distinct from 'cancelled'
    group by screened.subject_id, subject.name, subject.date_of_birth
),

family as (
    select
        subject_id,
        receipt_number,
        beneficiary_count
    from report.lead
    where band = 'lead' and form in ('I-129F', 'I-130') and petition_status = 'approved'
),

brought as ( -- a petition counts once, whichever subjects lead to it
    select sum(beneficiary_count) as people
    from (select distinct receipt_number, beneficiary_count from family) as petitions
),

work_or_fiance as (
    select distinct subject_id
    from report.lead
    where band = 'lead' and form in ('I-129F', 'I-129')
)

select
    line,
    question,
    coalesce(value, 0)::bigint as value,
    'SIMULATED. Leads, not findings; lower bounds: who lacks a name or a date of birth is unmatchable, not unmatched.'
        as caveat
from (
    values
    (1, 'subjects of trafficking investigations', (select count(*) from subjects)),
    (2, 'of them, unmatchable: no name or no date of birth', (select count(*) from subjects where is_unmatchable)),
    (3, 'subjects with a trafficking conviction', (select count(*) from subjects where is_convicted)),
    (
        4, 'of them, with a lead to a work or fiancé petition',
        (select count(*) from subjects inner join work_or_fiance using (subject_id) where is_convicted)
    ),
    (5, 'subjects with a lead to an approved family or fiancé petition', (select count(distinct subject_id) from family)),
    (6, 'family members and fiancés on those petitions', (select people from brought)),
    (
        7, 'of those subjects, arrested for a trafficking offense',
        (select count(*) from subjects where is_arrested and subject_id in (select family.subject_id from family))
    ),
    (8, 'pairs for a person to review', (select count(*) from report.lead where band = 'review'))
) as headline (line, question, value)
order by line;
