create temporary table found_evidence (
    subject_version_id bigint, alias_version_id bigint, petitioner_version_id bigint,
    comparison text, persona_value text, petitioner_value text, level text, weight double precision
) on commit drop;
