create view report.{view} as {query};
