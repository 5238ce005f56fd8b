alter table match.decision enable trigger append_only;
