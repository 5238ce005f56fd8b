comment on table record.tecs_alias is 'Contract tecs_aliases 1.1.';
