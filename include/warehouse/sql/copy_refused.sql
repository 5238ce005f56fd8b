copy refused (sealed, fingerprint, reasons, why, source_attempt, source_part, source_row) from stdin with (format csv);
