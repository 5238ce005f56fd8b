comment on function access.reads_as(name) is 'whether who asks has the rights of this role, at the time of planning';
