comment on view report.subject_route is
'Which petitions a person under investigation leads to, and how. Route person: as petitioner or signatory; band lead: the
petition is a record of the same entity; review: a pair for review, or a link that was cut. is_uncontradicted: a pair of
them agrees in all that it can tell of names, dates and numbers. Route organisation: another petition under the same FEIN,
always for review. Drill down: report.subject by entity, report.lead by entity and receipt_number. Caveat: a resemblance
of records, no finding about a person.';
