comment on function access.received_to() is
'Nor are those received on this day or later; setting crosscheck.received_to.';
