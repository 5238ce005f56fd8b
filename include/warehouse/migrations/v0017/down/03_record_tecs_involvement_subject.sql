drop index record.tecs_involvement_subject;
