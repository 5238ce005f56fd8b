-- every version of a petitioner that resembles some subject: those who resemble none are nobody's second record here
select distinct petitioner_version_id as version_id
from match.pair
where band <> 'no' and model_version = %(model_version)s
