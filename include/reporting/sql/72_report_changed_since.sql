-- a function of the reader's own: it sees what they see of report.lead, at both moments
create function report.changed_since(run_number bigint)
returns table (
    subject_id text,
    receipt_number text,
    change text,
    why text,
    band_before text,
    band_now text,
    weight_before double precision,
    weight_now double precision
)
language plpgsql as $$
#variable_conflict use_column
declare
    set_before text := coalesce(current_setting('crosscheck.known_at', true), '');
    matched timestamptz;
    model_before text;
    model_now text;
    leads_before jsonb;
begin
    select matched_at, model_version into matched, model_before from report.match_funnel where run_id = run_number;
    if matched is null then
        raise exception 'run [%] has not matched; report.match_funnel lists those that have', run_number;
    end if;
    perform set_config('crosscheck.known_at', matched::text, true);
    select coalesce(jsonb_agg(to_jsonb(then_lead)), '[]') into leads_before
    from (select subject_id, receipt_number, band, weight, group_weight, decided_at from report.lead) as then_lead;
    perform set_config('crosscheck.known_at', set_before, true);
    select model_version into model_now from report.match_funnel
    where matched_at <= coalesce(nullif(set_before, '')::timestamptz, 'infinity') order by run_id desc limit 1;
    return query
    select
        subject_id,
        receipt_number,
        case when was.band is null then 'appeared' when now.band is null then 'went' else 'moved' end,
        case
            when now.decided_at is distinct from was.decided_at and now.is_reopened is false then 'decision'
            when model_now <> model_before then 'model'
            when
                now.found_at > matched
                or was.weight <> now.weight -- it was found before: a version that says more silenced a better one
                or (now.band is null and exists (select from report.subject as still where still.subject_id = was.subject_id))
                then 'new version'
            when coalesce(now.group_weight, 0) <> coalesce(was.group_weight, 0) then 'group'
            else 'investigation' -- the pair was there before, or still is
        end,
        was.band,
        now.band,
        was.weight,
        now.weight
    from jsonb_to_recordset(leads_before) as was (
        subject_id text,
        receipt_number text,
        band text,
        weight double precision,
        group_weight double precision,
        decided_at timestamptz
    )
    full join report.lead as now using (subject_id, receipt_number)
    where (was.band, was.weight) is distinct from (now.band, now.weight);
end
$$;
