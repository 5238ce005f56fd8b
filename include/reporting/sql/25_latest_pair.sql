-- pairs of the versions that speak at the moment, under every model. A version of a subject of which a later one says all, and
-- perhaps more, has no say: a thin version resembles somebody as long as it leaves out what would contradict
create view latest.pair as
select
    pair.*,
    subject.subject_id,
    petitioner.receipt_number,
    subject.updated_at as subject_updated_at,
    petitioner.updated_at as petitioner_updated_at
from match.pair
inner join record.tecs_subject as subject on subject.version_id = pair.subject_version_id
inner join record.uscis_petitioner as petitioner on petitioner.version_id = pair.petitioner_version_id
left join record.tecs_alias as alias on alias.version_id = pair.alias_version_id
where
    greatest(subject.updated_at, alias.updated_at, petitioner.updated_at) <= access.source_at()
    and greatest(subject.loaded_at, alias.loaded_at, petitioner.loaded_at, pair.found_at) <= access.known_at()
    and exists (
        select from match.subsumed_subject as subsumed
        where
            subsumed.version_id = pair.subject_version_id
            and subsumed.by_updated_at <= access.source_at()
            and subsumed.found_at <= access.known_at()
    ) is not true; -- of `not exists` the planner makes a join, and expects no pair of it
