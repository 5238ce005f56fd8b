create view report.organisation_link as
select
    organisation_key,
    subject_id,
    is_by_signatory,
    is_by_address,
    band,
    count(*) as petition_count,
    count(*) filter (where is_lead) as lead_count,
    count(*) filter (where petition_status = 'approved') as approved_count,
    min(received_on) as first_received_on,
    max(received_on) as last_received_on
from report.organisation_link_petition
group by organisation_key, subject_id, is_by_signatory, is_by_address, band;
