-- the last decision on a subject and a petition
create view latest.decision as
select distinct on (subject_id, receipt_number) *
from match.decision
where decided_at <= access.known_at()
order by subject_id, receipt_number, decision_id desc;
