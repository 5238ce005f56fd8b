insert into match.pair (
    subject_version_id, alias_version_id, petitioner_version_id, model_version, weight, band, run_id
)
select subject_version_id, alias_version_id, petitioner_version_id, %(model_version)s, weight, band, %(run_id)s
from found
on conflict do nothing;
