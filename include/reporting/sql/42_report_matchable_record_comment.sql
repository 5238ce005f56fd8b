comment on view report.matchable_record is
'For each record of a subject and of a petitioner, as it was last, by which keys it can be found on the other side.
Drill down: dataset, record_number. Caveat: a key that is there may still be too common to find anybody by.';
