-- versions of subjects, each under its own name or under a version of an alias, in the order asked for; an alias is another
-- name, which says less than one's own
select
    persona.subject_version_id,
    persona.alias_version_id,
    case when persona.alias_version_id is null then subject.name end as full_name,
    alias.name as other_names,
    coalesce(alias.date_of_birth, subject.date_of_birth) as dob,
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
from unnest(%(subjects)s::bigint [], %(aliases)s::bigint []) as persona (subject_version_id, alias_version_id)
inner join record.tecs_subject as subject on subject.version_id = persona.subject_version_id
left join record.tecs_alias as alias on alias.version_id = persona.alias_version_id
order by persona.subject_version_id asc, persona.alias_version_id asc nulls first
