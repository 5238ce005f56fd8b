comment on table match.recent_petitioner_key is
'Keys that latest nights left and that are not in match.petitioner_key yet: they move there when there are many.';
