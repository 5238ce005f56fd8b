copy match.group_weight (form, convicted_with, convicted_count, other_with, other_count, weight, run_id) from stdin with (
    format csv
);
