comment on view report.serial_petitioner is
'Petitioners with two petitions or more, amendments apart, told by SSN, else A-number, else FEIN. Drill down:
report.serial_petition(petitioner_key). Caveat: a lower bound, who gives no identifier, or another one each time, is
not seen; most who petition twice have two relatives.';
