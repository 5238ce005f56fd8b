comment on view report.subject_route is
'Which petitions a person under investigation leads to, and how. Route person: as petitioner or signatory; band lead: the
petition is a record of the same entity; review: a pair for review, or a link that was cut. probability: that the petition is that
person''s, as the model and the group weigh the likeliest pair; of one that only another petition leads to, as of that; 1 if a
reviewer accepted it; none where the link was cut. Route organisation: another petition of an organisation
one of whose petitions leads to the person: the same FEIN, the same name and postal code, or the same address; always for
review. The third route, by statements, is protected: report.statement_route. Drill down: report.subject by entity,
report.lead by entity and receipt_number. Caveat: a resemblance of records, no finding about a person.';
