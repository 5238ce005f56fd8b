create view report.{view} as
select {columns} from unmasked.{view};
