copy refused (raw, reasons, source_attempt, source_part, source_row) from stdin with (format csv);
