comment on view report.shared_address_petition is
'The petitions behind report.shared_address, by address_key: the least receipt number from that address.';
