insert into ops.expectation_result (
    run_id, dataset, expectation, column_name, rule, severity, success, observed, threshold, evaluated, unexpected, attempt
)
values (
    %(run_id)s, %(dataset)s, %(expectation)s, %(column)s, %(rule)s, %(severity)s, %(success)s, %(observed)s,
    %(threshold)s, %(evaluated)s, %(unexpected)s, %(attempt)s
);
