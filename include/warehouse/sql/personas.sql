-- every version of a subject, under its own name and under every version of each of its aliases
select
    subject.version_id as subject_version_id,
    null::bigint as alias_version_id,
    subject.name,
    subject.date_of_birth,
    subject.sex,
    subject.birth_country,
    subject.a_number,
    subject.ssn,
    subject.address,
    subject.city,
    subject.state,
    subject.postal_code,
    subject.phone,
    subject.load_id = any(%(frontier)s) as is_new
from record.tecs_subject as subject
union all
select
    subject.version_id,
    alias.version_id,
    alias.name,
    coalesce(alias.date_of_birth, subject.date_of_birth),
    subject.sex,
    subject.birth_country,
    subject.a_number,
    subject.ssn,
    subject.address,
    subject.city,
    subject.state,
    subject.postal_code,
    subject.phone,
    subject.load_id = any(%(frontier)s) or alias.load_id = any(%(frontier)s)
from record.tecs_subject as subject
inner join record.tecs_alias as alias on alias.subject_id = subject.subject_id
