select
    count(*) filter (where band = 'lead') as leads,
    count(*) filter (where band = 'review') as review
from report.lead;
