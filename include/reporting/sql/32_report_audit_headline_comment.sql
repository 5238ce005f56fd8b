comment on view report.audit_headline is
'The questions of OIG-16-17, asked of what is loaded. Drill down: report.lead. Caveat: leads, not findings; lower bounds.';
