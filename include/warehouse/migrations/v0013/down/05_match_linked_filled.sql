insert into match.linked (load_id, model_version, run_id)
select
    load_id,
    resolved.model_version,
    resolved.run_id
from match.resolved
inner join ops.load using (load_id)
where load.dataset in ('tecs_subjects', 'tecs_aliases');
