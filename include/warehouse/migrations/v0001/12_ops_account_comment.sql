comment on table ops.account is 'received = loaded + (duplicate + already_held) + quarantined, each counted where it happens';
