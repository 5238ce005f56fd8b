comment on view report.organisation_link is
'The second route from a subject to petitions: an organisation (told by FEIN, else by name and postal code) one of whose
petitions was signed by somebody whom the subject resembles, or that has the address which TECS holds of the subject; all
its petitions count, lead_count of them are leads or to review by themselves. Band lead: one of them is a lead; review: none is,
or the address is all there is. Drill down: report.organisation_link_petition
by organisation_key and subject_id. Caveat: no finding about a person; who works for an organisation, or lives in its
house, is not the organisation; addresses are compared letter by letter.';
