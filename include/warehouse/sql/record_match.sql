insert into match.run (run_id, model_version, compared, lead_count, review_count, candidates)
select
    %(run_id)s, %(model_version)s, %(compared)s,
    count(*) filter (where band = 'lead'), count(*) filter (where band = 'review'), %(candidates)s
from match.pair
where run_id = %(run_id)s
on conflict (run_id) do update set
    model_version = excluded.model_version,
    compared = match.run.compared + excluded.compared, -- a repeated task finds its loads consumed and adds nothing
    lead_count = excluded.lead_count,
    review_count = excluded.review_count,
    candidates = case when excluded.compared > 0 then excluded.candidates else match.run.candidates end
returning compared, lead_count, review_count;
