-- of personas, the last version of the same subject, under the same name, that has been compared under a model. Sets, and not a
-- look for each persona: the planner would read all loads that were compared each time
with persona as materialized (
    select
        asked.subject_version_id,
        asked.alias_version_id,
        subject.subject_id
    from unnest(%(subjects)s::bigint [], %(aliases)s::bigint []) as asked (subject_version_id, alias_version_id)
    inner join record.tecs_subject as subject on subject.version_id = asked.subject_version_id
),

known as materialized (
    select
        subject_id,
        version_id,
        load_id
    from record.tecs_subject
    where subject_id = any(array(select persona.subject_id from persona))
),

held as (
    select
        known.subject_id,
        max(known.version_id) as version_id
    from known
    inner join match.consumed using (load_id)
    where consumed.model_version = %(model_version)s
    group by known.subject_id
)

select
    persona.subject_version_id,
    persona.alias_version_id,
    held.version_id as held_version_id
from persona
inner join held using (subject_id)
where
    persona.alias_version_id is null
    or persona.alias_version_id in (
        select alias.version_id
        from record.tecs_alias as alias
        inner join match.consumed using (load_id)
        where alias.version_id = any(%(aliases)s::bigint []) and consumed.model_version = %(model_version)s
    )
