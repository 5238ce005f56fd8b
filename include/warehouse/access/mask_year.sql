date_trunc('year', {column})::date as {column}
