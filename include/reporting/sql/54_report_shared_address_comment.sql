comment on view report.shared_address is
'Addresses from which two people or more petition: year of birth, first letter of the given name and
identifier all differ. Same address: equal letters and digits, and postal code. Drill down: report.shared_address_petition by address_key. Caveat: families
share addresses too; an address that is spelled differently is another one; organisations are not in here.';
