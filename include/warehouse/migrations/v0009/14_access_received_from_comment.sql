comment on function access.received_from() is
'Petitions received before this day are not counted in report.audit_headline; setting crosscheck.received_from.';
