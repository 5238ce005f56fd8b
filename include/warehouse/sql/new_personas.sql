-- a version of a subject that the frontier has not passed, under each of its names; a version of an alias that it has not
-- passed, for each version of its subject
select
    subject.version_id as subject_version_id,
    null::bigint as alias_version_id
from record.tecs_subject as subject
where subject.load_id = any(%(frontier)s)
union all
(
    select
        subject.version_id,
        alias.version_id
    from record.tecs_subject as subject
    inner join record.tecs_alias as alias using (subject_id)
    where subject.load_id = any(%(frontier)s)
    union
    select
        subject.version_id,
        alias.version_id
    from record.tecs_alias as alias
    inner join record.tecs_subject as subject using (subject_id)
    where alias.load_id = any(%(frontier)s)
)
