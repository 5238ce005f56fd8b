alter table match.decision disable trigger append_only;
