alter view report.{view} set schema unmasked;
