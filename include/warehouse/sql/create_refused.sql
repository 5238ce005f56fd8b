create temporary table refused (
    sealed text, fingerprint text, reasons text [], why text, source_attempt integer, source_part text, source_row bigint
) on commit drop;
