drop policy if exists protected on record.{table};
