-- GAO's three words (Assessing Data Reliability, GAO-20-283G) for each dataset and fiscal year (from 1 October): by the
-- days let through, by whom, and by the columns that the contract asks something of; of several runs over a period the
-- one that let it through counts
create view report.data_reliability as
with screened as ( -- a period's last word of the gate, and of the person who was asked
    select
        gate.dataset,
        run.run_id,
        run.interval_start at time zone 'UTC' as interval_start, -- years begin at the same moment in every session's time zone
        run.interval_end at time zone 'UTC' as interval_end,
        gate.decision in ('pass', 'warn') as is_through,
        coalesce(decided.outcome = 'release', false) as is_released
    from ops.gate
    inner join ops.run as run using (run_id)
    left join lateral (
        select decision.outcome from ops.gate_decision as decision
        where
            decision.run_id = gate.run_id and decision.dataset = gate.dataset
            and decision.held_at = gate.decided_at
        order by decision.decision_id desc
        limit 1
    ) as decided on true
    where run.kind = 'screening'
),

years as ( -- a dataset's fiscal years, each up to the last day that any dataset was screened
    select
        screened.dataset,
        fiscal.year_start,
        least(fiscal.year_start + interval '1 year', last.day) as year_end,
        extract(year from fiscal.year_start)::integer + 1 as fiscal_year
    from (
        select
            dataset,
            min(interval_start) as first_day
        from screened
        group by dataset
    ) as screened
    cross join (select max(interval_end) as day from screened) as last
    cross join lateral generate_series(
        date_trunc('year', screened.first_day + interval '3 months') - interval '3 months',
        last.day - interval '1 microsecond', interval '1 year'
    ) as fiscal (year_start)
),

days as (
    select
        years.dataset,
        years.fiscal_year,
        years.year_end - years.year_start as whole,
        coalesce(sum(upper(part.span) - lower(part.span)), interval '0') as through,
        max(held.released_count) as released_count
    from years
    left join lateral (
        select
            range_agg(tsrange(screened.interval_start, screened.interval_end))
            filter (where screened.is_through or screened.is_released)
            * tsmultirange(tsrange(years.year_start, years.year_end)) as spans,
            count(*) filter (where screened.is_released) as released_count
        from screened
        where
            screened.dataset = years.dataset
            and screened.interval_start < years.year_end and screened.interval_end > years.year_start
    ) as held on true
    left join lateral unnest(held.spans) as part (span) on true
    group by years.dataset, years.fiscal_year, years.year_start, years.year_end
),

columns as ( -- over all rows of the year's periods, each period by its last run that was let through
    select
        years.dataset,
        years.fiscal_year,
        result.column_name,
        sum(result.observed * result.evaluated) / sum(result.evaluated) as share,
        max(result.threshold) as least_share,
        sum(result.evaluated) as row_count
    from years
    inner join (
        select distinct on (screened.dataset, screened.interval_start, screened.interval_end) screened.*
        from screened
        where screened.is_through or screened.is_released
        order by screened.dataset, screened.interval_start, screened.interval_end, screened.run_id desc
    ) as used
        on used.dataset = years.dataset and used.interval_start < years.year_end and used.interval_end > years.year_start
    inner join ops.expectation_result as result on result.run_id = used.run_id and result.dataset = used.dataset
    where result.rule = 'completeness' and result.threshold is not null and result.evaluated > 0
    group by years.dataset, years.fiscal_year, result.column_name
),

rows_seen as ( -- of all years at once: the results of each would be looked for among all
    select
        years.dataset,
        years.fiscal_year,
        max(result.evaluated) as row_count
    from years
    inner join screened
        on
            screened.dataset = years.dataset
            and extract(year from screened.interval_end + interval '3 months' - interval '1 microsecond')
            >= years.fiscal_year
            and extract(year from screened.interval_start + interval '3 months') <= years.fiscal_year
    inner join ops.expectation_result as result on result.run_id = screened.run_id and result.dataset = screened.dataset
    where result.rule = 'unique' and (screened.is_through or screened.is_released)
    group by years.dataset, years.fiscal_year
),

worst as (
    select distinct on (dataset, fiscal_year) *
    from columns
    order by dataset, fiscal_year, share / least_share, column_name
)

select
    days.dataset,
    days.fiscal_year,
    case
        when days.through = interval '0' or coalesce(rows_seen.row_count, 0) = 0 then 'undetermined'
        when days.through < days.whole or days.released_count > 0 or worst.share < worst.least_share
            then 'not sufficiently reliable'
        else 'sufficiently reliable'
    end as reliability,
    case
        when days.through = interval '0' then 'No day of the year was let through.'
        when coalesce(rows_seen.row_count, 0) = 0 then 'The days that were let through brought no row to judge.'
        when days.through < days.whole
            then format(
                'Of %s days %s were let through.',
                ceil(extract(epoch from days.whole) / 86400), floor(extract(epoch from days.through) / 86400)
            )
        when worst.share < worst.least_share
            then format(
                'Column %s has a usable value in %s %% of %s rows; the contract asks for %s %%.',
                worst.column_name, round(100 * worst.share::numeric, 1), worst.row_count,
                round(100 * worst.least_share::numeric, 1)
            )
        when days.released_count > 0
            then format('A person released %s held deliveries as they were.', days.released_count)
        else format(
            'All %s days were let through, and every column has the share of usable values that its contract asks for.',
            ceil(extract(epoch from days.whole) / 86400)
        )
    end as reason
from days
left join worst using (dataset, fiscal_year)
left join rows_seen using (dataset, fiscal_year);
