comment on view report.{view} is {comment};
