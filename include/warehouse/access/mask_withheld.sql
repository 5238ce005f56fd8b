case when pg_has_role(current_user, {reader}, 'usage') then {column} end as {column}
