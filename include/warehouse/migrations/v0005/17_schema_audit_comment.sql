comment on schema audit is 'who saw whom and who decided what: append-only, each entry sealed with the one before';
