select exists(
    select from ops.run
    where interval_start < %(moment)s and state <> 'open'
);
