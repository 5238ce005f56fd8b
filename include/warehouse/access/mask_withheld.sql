case when false then {column} end as {column} -- nothing, of the column's type
