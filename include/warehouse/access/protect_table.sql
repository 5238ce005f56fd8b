alter table record.{table} enable row level security, force row level security;
