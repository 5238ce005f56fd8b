case
    when pg_has_role(current_user, {reader}, 'usage') then {column}
    else date_trunc('year', {column})::date
end as {column}
