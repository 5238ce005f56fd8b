create index pair_petitioner on match.pair (petitioner_version_id);
