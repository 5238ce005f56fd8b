comment on table record.tecs_involvement is 'Contract tecs_involvements 1.1.';
