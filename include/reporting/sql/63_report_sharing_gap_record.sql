-- what one agency holds and the other does not
create view report.sharing_gap_record as
with entered as ( -- whom of TECS the fields name
    select distinct
        receipt_number,
        subject_id
    from latest.clue
    where clue in ('entered name', 'entered telephone')
)

select
    receipt_number,
    fiscal_year,
    'entered by USCIS, unknown to TECS' as gap,
    not exists (
        select from entered
        where entered.receipt_number = statement.receipt_number
    ) as is_gap
from latest.statement
where is_entered
union all
select
    held.receipt_number,
    statement.fiscal_year,
    held.gap,
    not bool_or(entered.subject_id is not null)
from (
    select
        clue.receipt_number,
        clue.subject_id,
        case clue.clue
            when 'name' then 'named in the statement, known to TECS, not entered by USCIS'
            else 'subject of the cited case, not entered by USCIS'
        end as gap
    from latest.clue
    inner join latest.screened_subject using (subject_id)
    where clue.clue in ('name', 'case')
) as held
inner join latest.statement using (receipt_number)
left join entered using (receipt_number, subject_id)
group by held.receipt_number, statement.fiscal_year, held.gap;
