create view report.group_weight as
select
    form,
    convicted_with,
    convicted_count,
    other_with,
    other_count,
    weight
from match.group_weight;
