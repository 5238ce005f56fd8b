comment on view report.serial_petition is
'The petitions behind report.serial_petitioner, by petitioner_key: the least receipt number of that petitioner.
A function of the same name finds those of one key at once.';
