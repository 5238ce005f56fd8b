create view report.{view} with (security_barrier) as
select {columns} from unmasked.{view};
