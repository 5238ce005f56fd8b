-- the view of that name for some petitions and at some moment. It asks as whoever calls it, and shows what the view shows
create function report.audit_headline(
    received_from date, received_to date, as_of timestamptz default access.known_at()
) returns table (
    line integer, question text, form text, visa_class text, value bigint, lower bigint, upper bigint, caveat text
)
language plpgsql volatile parallel unsafe
as $$
declare
    before text [] := array[
        current_setting('crosscheck.received_from', true),
        current_setting('crosscheck.received_to', true),
        current_setting('crosscheck.known_at', true)
    ];
begin
    perform set_config('crosscheck.received_from', coalesce(received_from, '-infinity')::text, true);
    perform set_config('crosscheck.received_to', coalesce(received_to, 'infinity')::text, true);
    perform set_config('crosscheck.known_at', coalesce(as_of, 'infinity')::text, true);
    -- planned anew each time: a session that asked of a day with few records would go on by the plan that was right for those
    return query execute 'select * from report.audit_headline';
    perform set_config('crosscheck.received_from', coalesce(before[1], ''), true);
    perform set_config('crosscheck.received_to', coalesce(before[2], ''), true);
    perform set_config('crosscheck.known_at', coalesce(before[3], ''), true);
end
$$;
