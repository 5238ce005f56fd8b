comment on table record.tecs_subject is 'Contract tecs_subjects 1.2.';
