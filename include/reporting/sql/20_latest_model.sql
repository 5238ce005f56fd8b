-- the model of the last run that matched
create view latest.model as
select model_version
from match.run
where matched_at <= access.known_at()
order by run_id desc
limit 1;
