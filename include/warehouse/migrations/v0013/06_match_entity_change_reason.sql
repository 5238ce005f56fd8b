alter table match.entity_change
drop constraint entity_change_reason_check,
add constraint entity_change_reason_check check (
    reason in ('link', 'decided', 'contradiction', 'link lost', 'model')
);
