comment on table record.tecs_arrest is 'Contract tecs_arrests 1.1.';
