grant select on report.{view} to {readers};
