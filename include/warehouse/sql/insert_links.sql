-- two records are linked as strongly as any two of their versions
insert into match.link (left_member, right_member, model_version, weight, band, run_id)
select distinct on (1, 2)
    {dataset} || ':' || least(one.{key}, other.{key}),
    {dataset} || ':' || greatest(one.{key}, other.{key}),
    %(model_version)s,
    found_link.weight,
    found_link.band,
    %(run_id)s
from found_link
inner join {table} as one on one.version_id = found_link.left_version_id
inner join {table} as other on other.version_id = found_link.right_version_id
where one.{key} <> other.{key}
order by 1, 2, found_link.weight desc
on conflict (left_member, right_member, model_version) do update set
    weight = excluded.weight,
    band = excluded.band,
    run_id = excluded.run_id
where excluded.weight > link.weight;
