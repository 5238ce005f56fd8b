-- every version of a petitioner that resembles some subject: those who resemble none are nobody's second record here; new
-- are those whom a run paired that is not resolved yet, all of them where nothing is resolved under the model
select
    pair.petitioner_version_id as version_id,
    not %(same_model)s or bool_or(pair.run_id = any(%(runs)s::bigint [])) as is_new
from match.pair
where pair.band <> 'no' and pair.model_version = %(model_version)s
group by pair.petitioner_version_id
