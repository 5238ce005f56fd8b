create view report.evidence as
select
    lead.subject_id,
    lead.receipt_number,
    evidence.comparison,
    evidence.persona_value,
    evidence.petitioner_value,
    evidence.level,
    evidence.weight
from report.lead as lead
inner join match.evidence using (pair_id)
union all
select -- beside the weight of the pair
    lead.subject_id,
    lead.receipt_number,
    'group',
    null,
    null,
    'convicted',
    lead.group_weight
from report.lead as lead
where lead.group_weight > 0;
