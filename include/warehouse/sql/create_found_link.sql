create temporary table found_link (
    left_version_id bigint, right_version_id bigint, weight double precision, band text
) on commit drop;
