comment on function report.serial_petition(text) is
'report.serial_petition where petitioner_key is the key, at once: a pseudonym is looked for among all. Columns and masks are those
of the view, asked in the name of the caller.';
