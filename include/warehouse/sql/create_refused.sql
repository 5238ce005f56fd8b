create temporary table refused (
    raw text, reasons text [], source_attempt integer, source_part text, source_row bigint
) on commit drop;
