comment on function access.petition() is
'The petition whose group is asked for in report.serial_petition, all of them if null; setting crosscheck.petition.';
