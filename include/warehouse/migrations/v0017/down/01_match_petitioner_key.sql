insert into match.petitioner_key (model_id, key, petitioner_version_id)
select model_id, key, petitioner_version_id
from match.recent_petitioner_key;
