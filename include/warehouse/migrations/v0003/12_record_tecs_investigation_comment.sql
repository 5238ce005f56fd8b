comment on table record.tecs_investigation is 'Contract tecs_investigations 1.2.';
