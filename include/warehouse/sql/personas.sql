-- every version of a subject, under its own name and under every version of each of its aliases
with person as (
    select
        subject.version_id,
        subject.subject_id,
        subject.name,
        subject.date_of_birth,
        subject.load_id,
        subject.sex,
        subject.birth_country as country,
        subject.birth_place,
        subject.a_number,
        subject.ssn,
        subject.passport_number as passport,
        subject.address as street,
        concat_ws(' ', subject.city, subject.state) as city,
        subject.postal_code as postcode,
        subject.phone
    from record.tecs_subject as subject
)

select
    person.version_id as subject_version_id,
    null::bigint as alias_version_id,
    person.name as full_name,
    person.date_of_birth as dob,
    person.sex,
    person.country,
    person.birth_place,
    person.a_number,
    person.ssn,
    person.passport,
    person.street,
    person.city,
    person.postcode,
    person.phone,
    person.load_id = any(%(frontier)s) as is_new
from person
union all
select
    person.version_id,
    alias.version_id,
    alias.name,
    coalesce(alias.date_of_birth, person.date_of_birth),
    person.sex,
    person.country,
    person.birth_place,
    person.a_number,
    person.ssn,
    person.passport,
    person.street,
    person.city,
    person.postcode,
    person.phone,
    person.load_id = any(%(frontier)s) or alias.load_id = any(%(frontier)s)
from person
inner join record.tecs_alias as alias on alias.subject_id = person.subject_id
