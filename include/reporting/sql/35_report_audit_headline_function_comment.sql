comment on function report.audit_headline(date, date, timestamptz) is
'report.audit_headline of the petitions received from received_from until before received_to (null: without an end), as it was
known at as_of (null: now). Columns, masks, definitions and caveats are those of the view, asked in the name of the caller.';
