comment on view report.doubtful_link is
'Two records of one system that may be one person, for review: too weak a link, or, with cut_by, one that would make an
entity contradict itself in that field. Drill down: both members, a dataset and a record number. Caveat: a resemblance of
records.';
