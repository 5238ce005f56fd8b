-- As mask_view. What is sealed comes in an order of its own: in that of the records it would show which rows of two reports
-- are of one. Sorted and with an offset, it is read to its end before anything of the reader's runs: no query moves its moment
-- meanwhile
create view report.{view} with (security_barrier) as
select {columns} from unmasked.{view}
where access.reads_as({reader}) and pg_has_role(current_user, {reader}, 'usage')
union all
(
    select {masked} from unmasked.{view}
    where
        case
            when access.reads_as({reader}) and pg_has_role(current_user, {reader}, 'usage') then false
            else access.is_coarse_moment()
        end
    order by {places} offset 0
);
