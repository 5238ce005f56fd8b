create view report.match_quality as
with judged as (
    select
        model_version,
        band,
        10 * floor(weight / 10)::integer as weight_from,
        count(*) as decided_count,
        count(*) filter (where outcome = 'accept') as accepted_count,
        count(*) filter (where outcome = 'reject') as rejected_count,
        count(*) filter (where outcome = 'undecided') as undecided_count,
        nullif(count(*) filter (where outcome in ('accept', 'reject')), 0)::numeric as n
    from latest.decision
    group by model_version, band, floor(weight / 10)
)

select
    model_version,
    band,
    weight_from,
    weight_from + 10 as weight_until,
    decided_count,
    accepted_count,
    rejected_count,
    undecided_count,
    (accepted_count / n)::double precision as precision,
    -- Wilson (1927), 95 %: z = 1.96, its square 3.8416; exact numbers, since floats would lead out of 0 to 1
    ((accepted_count + 1.9208 - 1.96 * sqrt(accepted_count * rejected_count / n + 0.9604)) / (n + 3.8416))::double precision
        as precision_low,
    ((accepted_count + 1.9208 + 1.96 * sqrt(accepted_count * rejected_count / n + 0.9604)) / (n + 3.8416))::double precision
        as precision_high
from judged;
