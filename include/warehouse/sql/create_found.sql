create temporary table found (
    left_id bigint, -- of the personas that were compared
    subject_version_id bigint, alias_version_id bigint, petitioner_version_id bigint, weight double precision, band text
) on commit drop;
