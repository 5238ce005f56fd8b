-- every version of a petitioner that resembles some subject: those who resemble none are nobody's second record here; new
-- are those whom a run paired that is not resolved yet, all of them where nothing is resolved under the model
select
    pair.petitioner_version_id as version_id,
    bool_or(
        pair.run_id in (
            select consumed.run_id from match.consumed
            where
                consumed.model_version = %(model_version)s
                and not exists (
                    select from match.resolved
                    where resolved.load_id = consumed.load_id and resolved.model_version = consumed.model_version
                )
        )
        or not exists (select from match.resolved where resolved.model_version = %(model_version)s)
    ) as is_new
from match.pair
where pair.band <> 'no' and pair.model_version = %(model_version)s
group by pair.petitioner_version_id
