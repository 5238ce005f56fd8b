with new as (
    insert into match.model (model_version) values (%(model_version)s)
    on conflict do nothing
    returning model_id
)

select model_id from new
union all
select model_id from match.model
where model_version = %(model_version)s;
