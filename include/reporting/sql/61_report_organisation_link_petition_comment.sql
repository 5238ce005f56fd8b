comment on view report.organisation_link_petition is
'The petitions behind report.organisation_link, by organisation_key (the least receipt number of that organisation) and
subject_id; is_lead: the petition leads to the subject by itself, else through the organisation only; band: as in
report.organisation_link.';
