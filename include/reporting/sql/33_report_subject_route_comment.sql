comment on view report.subject_route is
'Which petitions a person under investigation leads to, and how. Route person: as petitioner or signatory; band lead: the
petition is a record of the same entity; review: a pair for review, or a link that was cut. is_uncontradicted: a pair of
them agrees in all that it can tell of names, dates and numbers, and needs no weight of a group. Route organisation: another petition of an organisation
one of whose petitions leads to the person: the same FEIN, the same name and postal code, or the same address; always for
review. The third route, by statements, is protected: report.statement_route. Drill down: report.subject by entity,
report.lead by entity and receipt_number. Caveat: a resemblance of records, no finding about a person.';
