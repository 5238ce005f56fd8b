-- a version of a subject that the frontier has not passed, under each of its names; a version of an alias that it has not
-- passed, for each version of its subject; `+ 0`: see new_petitioners.sql
with new_subject as materialized (
    select
        version_id,
        subject_id
    from record.tecs_subject
    where load_id >= %(first)s and load_id + 0 = any(%(frontier)s::bigint [])
),

new_alias as materialized (
    select
        version_id,
        subject_id
    from record.tecs_alias
    where load_id >= %(first)s and load_id + 0 = any(%(frontier)s::bigint [])
)

select
    version_id as subject_version_id,
    null::bigint as alias_version_id
from new_subject
union all
(
    select
        new_subject.version_id,
        alias.version_id
    from new_subject
    inner join record.tecs_alias as alias using (subject_id)
    union
    select
        subject.version_id,
        new_alias.version_id
    from new_alias
    inner join record.tecs_subject as subject using (subject_id)
)
