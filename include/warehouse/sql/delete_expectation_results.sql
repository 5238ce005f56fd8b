delete from ops.expectation_result
where run_id = %(run_id)s and dataset = %(dataset)s;
