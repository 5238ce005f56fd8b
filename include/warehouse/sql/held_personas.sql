-- of personas, the last version of the same subject, under the same name, that has been compared under a model
select
    persona.subject_version_id,
    persona.alias_version_id,
    held.version_id as held_version_id
from unnest(%(subjects)s::bigint [], %(aliases)s::bigint []) as persona (subject_version_id, alias_version_id)
inner join record.tecs_subject as subject on subject.version_id = persona.subject_version_id
left join record.tecs_alias as alias on alias.version_id = persona.alias_version_id
cross join
    lateral (
        select before.version_id
        from record.tecs_subject as before
        inner join match.consumed on consumed.load_id = before.load_id
        where before.subject_id = subject.subject_id and consumed.model_version = %(model_version)s
        order by before.version_id desc
        limit 1
    ) as held
where
    alias.version_id is null
    or exists (
        select from match.consumed
        where consumed.load_id = alias.load_id and consumed.model_version = %(model_version)s
    )
