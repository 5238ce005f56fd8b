-- what is held is known from now on: at a moment of the past it was not
insert into match.subsumed_subject (version_id, by_version_id, by_updated_at)
with said as (
    select
        version_id,
        subject_id,
        updated_at,
        content_hash,
        jsonb_strip_nulls(jsonb_build_object(
            'name', name, 'dob', nullif(date_of_birth, '1900-01-01'), 'sex', nullif(sex, 'U'), 'country', birth_country,
            'birth_place', birth_place, 'a_number', a_number, 'ssn', ssn, 'passport', passport_number,
            'street', address, 'city', city, 'state', state, 'postcode', postal_code, 'phone', phone
        )) as facts
    from record.tecs_subject
)

select distinct on (said.version_id)
    said.version_id,
    later.version_id,
    later.updated_at
from said
inner join said as later using (subject_id)
where
    (later.updated_at, later.content_hash) > (said.updated_at, said.content_hash)
    and said.facts <@ later.facts
order by said.version_id, later.updated_at, later.content_hash;
