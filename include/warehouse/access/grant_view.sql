grant select on report.{view} to {reader};
