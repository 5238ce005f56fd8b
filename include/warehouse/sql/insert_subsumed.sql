-- of the subjects whose versions the frontier has not passed, each version and the first later one that says all it says (`<@`:
-- is contained in) of what personas.sql reads; one that is not compared yet speaks for nobody. Matching reads U as no sex
-- and the first day of 1900 as no date. Where a later night brings an earlier one, both stand: each was the first one known
insert into match.subsumed_subject (version_id, by_version_id, by_updated_at)
with said as (
    select
        version_id,
        subject_id,
        updated_at,
        content_hash,
        load_id,
        jsonb_strip_nulls(jsonb_build_object(
            'name', name, 'dob', nullif(date_of_birth, '1900-01-01'), 'sex', nullif(sex, 'U'), 'country', birth_country,
            'birth_place', birth_place, 'a_number', a_number, 'ssn', ssn, 'passport', passport_number,
            'street', address, 'city', city, 'state', state, 'postcode', postal_code, 'phone', phone
        )) as facts
    from record.tecs_subject
    where
        subject_id = any(array(
            select new_subject.subject_id from record.tecs_subject as new_subject
            where new_subject.load_id >= %(first)s and new_subject.load_id + 0 = any(%(frontier)s::bigint [])
        ))
)

select distinct on (said.version_id)
    said.version_id,
    later.version_id,
    later.updated_at
from said
inner join said as later using (subject_id)
inner join match.consumed on later.load_id = consumed.load_id and consumed.model_version = %(model_version)s
where
    (later.updated_at, later.content_hash) > (said.updated_at, said.content_hash)
    and said.facts <@ later.facts
order by said.version_id, later.updated_at, later.content_hash
on conflict do nothing;
