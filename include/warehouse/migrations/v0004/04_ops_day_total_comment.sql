comment on table ops.day_total is 'what the last load of a day brought, as the control totals of an export of that day would count it: screen_monthly compares the two';
