create view latest.model as
select model_version
from match.run
order by run_id desc
limit 1;
