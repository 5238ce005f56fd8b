-- the view of that name for one petitioner, found by the index, where the view looks at all. It asks as whoever calls it, and shows
-- what the view shows
create function report.serial_petition(key text) returns table (
    petitioner_key text, basis text, receipt_number text, form text, visa_class text, status text, received_on date
)
language plpgsql volatile parallel unsafe
as $$
declare
    before text := current_setting('crosscheck.petition', true);
begin
    perform set_config('crosscheck.petition', key, true);
    -- planned anew each time, as report.audit_headline(...) is: a plan for one petitioner is wrong where all are looked at
    return query execute 'select * from report.serial_petition where petitioner_key = $1' using key;
    perform set_config('crosscheck.petition', coalesce(before, ''), true);
end
$$;
