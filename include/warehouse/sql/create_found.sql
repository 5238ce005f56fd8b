create temporary table found (
    subject_version_id bigint, alias_version_id bigint, petitioner_version_id bigint, weight double precision, band text
) on commit drop;
