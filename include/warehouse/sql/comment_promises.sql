comment on view report.orphan is
'A record that refers to one that we do not hold, although its source promises that there is one. Drill down: dataset and
record_key, the key of the record (its columns with / between them). Caveat: the other record may come with a later
export, or lie in quarantine; nothing is refused because of it.';

comment on view report.protected_orphan is
'PROTECTED: 8 U.S.C. 1367. What report.orphan is, of protected records. Drill down: dataset and record_key, a pseudonym.
Caveat: as there.';

comment on view report.reference is
'How often a promise of a source is kept: records that refer to another, and of them those that refer to none that we
hold. Drill down: report.orphan by dataset and column_name. Caveat: as there.';
